"""What is wrong with a run is found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.testing import SingerOutput
from tests.fuzz.outcome import Outcome, Warehouse, judge
from tests.services.source import PERSON

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "type": "SCHEMA",
    "stream": "users",
    "schema": {
        "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}},
        "type": "object",
    },
    "key_properties": ["id"],
}


def build_record(number: Any, name: str = "Ada", **more: int) -> dict[str, Any]:
    return {
        "type": "RECORD",
        "stream": "users",
        "record": {"id": number, "name": name},
        **more,
    }


def build_activation(version: int) -> dict[str, Any]:
    return {"type": "ACTIVATE_VERSION", "stream": "users", "version": version}


def find_faults(directory: Path, *messages: Any, log: str = "", status: int | None = 0) -> set[str]:
    written = "".join(f"{json.dumps(one)}\n" for one in messages)
    return {one.kind for one in judge(status, written, log, directory, ["s3cret"]).findings}


@pytest.mark.parametrize(
    ("messages", "log", "status", "kinds"),
    [
        ([SCHEMA, build_record(1)], "Error: no response", 1, set()),
        ([build_record(1)], "", 0, {"invalid Singer"}),
        ([SCHEMA, build_record(None)], "", 0, {"invalid Singer"}),
        ([SCHEMA, build_record("1")], "", 0, {"invalid Singer"}),
        ([SCHEMA, build_record(1, "\ud83d")], "", 0, {"invalid Singer"}),
        ([SCHEMA, {"type": "STATE", "value": float("nan")}], "", 0, {"invalid Singer"}),
        ([], "Traceback (most recent call last):\nKeyError: 'id'", 1, {"traceback"}),
        ([], "GET /?key=s3cret", 1, {"secret logged"}),
        ([], f"the answer was {PERSON} 7", 1, {"person logged"}),
        ([], "", None, {"hang"}),
    ],
)
def test_a_fault_of_a_run_is_found(
    tmp_path: Path, messages: list[Any], log: str, status: int | None, kinds: set[str]
) -> None:
    assert find_faults(tmp_path, *messages, log=log, status=status) == kinds


def test_a_file_that_is_left_is_found(tmp_path: Path) -> None:
    assert find_faults(tmp_path) == set()
    (tmp_path / "spool").touch()
    assert find_faults(tmp_path) == {"file left"}


def test_a_row_that_no_run_brings_is_missing() -> None:
    truth = Warehouse().load([SCHEMA, build_record(1), build_record(2)])
    assert "1 of users ([2])" in Warehouse().load([SCHEMA, build_record(1)]).find_missing(truth)
    assert truth.load([SCHEMA, build_record(1, "Bo")]).find_missing(truth) == ""


def test_a_row_that_a_warning_speaks_of_may_be_missing() -> None:
    log = "WARNING  | tap-x.users | users: 1 skipped, records without a key."
    skipped = Outcome(0, SingerOutput(), log, []).skipped
    truth = Warehouse().load([SCHEMA, build_record(1), build_record(2), build_record(3)])
    assert truth.find_missing(truth.load([SCHEMA, build_record(4)]), skipped) == ""
    assert "2 of users" in truth.find_missing(
        truth.load([SCHEMA, build_record(4), build_record(5)]), skipped
    )


def test_a_version_removes_older_rows() -> None:
    truth = Warehouse().load([SCHEMA, build_record(1, version=1), build_record(2, version=1)])
    replaced = truth.load([SCHEMA, build_record(2, version=2), build_activation(2)])
    assert "1 of users ([1])" in replaced.find_missing(truth)


@pytest.mark.parametrize("message", [build_record(3), build_record(2, "Bo")])
def test_a_row_that_is_too_many_or_another_is_a_difference(message: dict[str, Any]) -> None:
    truth = Warehouse().load([SCHEMA, build_record(1), build_record(2)])
    loaded = truth.load([SCHEMA, message])
    assert truth.find_differences(truth, set()) == ""
    assert "1 of users" in loaded.find_differences(truth, set())
    assert loaded.find_missing(truth) == ""
