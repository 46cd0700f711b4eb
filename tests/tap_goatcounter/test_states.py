"""States that the first version of the tap has written are understood.

They were recorded with the page views of `VIEWS`, all streams selected.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.sandbox.goatcounter import Generation, Hit
from tests.tap_goatcounter.exports import count_exports, get_bookmark, get_checkpoint
from tests.tap_goatcounter.servers import format_time

if TYPE_CHECKING:
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox

STATES = Path(__file__).parent / "states"
GENERATIONS = {"2.7": Generation.V2_7, "after-2.7": Generation.MAIN}
VIEWS = [
    Hit(path=path, session=str(day), created_at=f"2026-11-{day}T1{number}:00:00Z")
    for day in (20, 21, 22)
    for number, path in enumerate(("/a", "/b", "/signup", "/ca fé"))
]


def load(name: str) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((STATES / f"{name}.json").read_text(encoding="utf-8"))
    return state


DAYS = {"start_date": "2026-11-18", "end_date": "2026-11-25"}


@pytest.fixture(params=GENERATIONS)
def recorded(request: pytest.FixtureRequest, open_sandbox: OpenSandbox) -> tuple[str, Sandbox]:
    """Return the name of a generation, and a server on which its states were recorded."""
    sandbox = open_sandbox(GENERATIONS[request.param])
    sandbox.add(*VIEWS)
    return request.param, sandbox


def test_a_finished_run_is_followed_by_what_is_new(recorded: tuple[str, Sandbox]) -> None:
    name, sandbox = recorded
    sandbox.add(Hit(path="/new", session="new", created_at="2026-11-24T10:00:00Z"))
    state = load(f"finished-{name}")
    run = sandbox.read("hits", "total_daily", "browsers", state=state, **DAYS)
    assert [(hit["path"], hit["export_cursor"]) for hit in run.records["hits"]] == [("/new", 12)]
    assert [row["day"][8:] for row in run.records["total_daily"]] == [
        *("20", "21", "22", "23", "24", "25")
    ]
    assert {row["day"][8:] for row in run.records["browsers"]} == {"20", "21", "22", "24"}
    assert state["bookmarks"]["paths"] == {"partitions": [{"context": {"site_id": 1}}]}
    assert run.state["bookmarks"]["paths"] == {}


def test_an_interrupted_run_goes_on_where_it_was(recorded: tuple[str, Sandbox]) -> None:
    name, sandbox = recorded
    run = sandbox.read(
        *("hits", "toprefs", "total_daily"),
        state=load(f"interrupted-{name}"),
        stats_lookback_days=0,
        **DAYS,
    )
    assert run.records["hits"] == []
    assert {row["day"][8:] for row in run.records["toprefs"]} == {"21", "22"}
    assert run.records["total_daily"][0]["day"] == "2026-11-18"


@pytest.mark.parametrize(
    ("recorded", "stream"),
    [("2.7", "hits"), ("after-2.7", "hits"), ("after-2.7", "json_hit_stats")],
    indirect=["recorded"],
)
def test_an_export_in_progress_is_taken_up(recorded: tuple[str, Sandbox], stream: str) -> None:
    name, sandbox = recorded
    state = load(f"export-in-progress-{stream}-{name}")
    (partition,) = state["bookmarks"][stream]["partitions"]
    partition["export"]["asked_at"] = format_time(datetime.now(UTC) - timedelta(hours=1))
    for _ in range(partition["export"]["id"]):
        ask_for_export(sandbox, stream)
    run = sandbox.read(stream, state=state, **DAYS)
    assert count_exports(sandbox) == partition["export"]["id"]
    assert len(run.records[stream]) == 12
    assert "export" not in run.state["bookmarks"][stream]["partitions"][0]
    assert get_checkpoint(run, stream) is None


def ask_for_export(sandbox: Sandbox, stream: str) -> None:
    body: dict[str, Any] = {"start_from_hit_id": 0}
    if sandbox.server.generation is Generation.MAIN:
        body["format"] = "csv"
    if stream != "hits":
        body = {"format": "json"}
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    url = f"{sandbox.url}/api/v0/export"
    assert requests.post(url, json=body, headers=headers, timeout=20).ok


@pytest.mark.parametrize(
    "memory",
    [
        {"number": 3, "since": "yesterday"},
        {"id": "seven", "asked_at": "2026-11-29T00:00:00Z"},
        {"id": None, "asked_at": None},
        {"id": 1, "asked_at": "soon"},
        {"id": 1, "asked_at": "2020-01-01T00:00:00Z"},
        7,
    ],
)
def test_an_export_that_the_state_does_not_really_name_is_forgotten(
    open_sandbox: OpenSandbox, memory: object
) -> None:
    sandbox = open_sandbox(Generation.MAIN)
    sandbox.add(*VIEWS)
    partition = {
        "context": {"site_id": 1},
        "replication_key": "export_last_hit_id",
        "replication_key_value": 10,
        "export": memory,
        "of_another_version": [1],
    }
    state = {"bookmarks": {"hits": {"partitions": [partition], "more": True}, "gone": {}}}
    run = sandbox.read("hits", state=state, **DAYS)
    assert [hit["path"] for hit in run.records["hits"]] == ["/signup", "/ca fé"]
    assert get_bookmark(run) == 12
    (left,) = run.state["bookmarks"]["hits"]["partitions"]
    assert (left.get("export"), left["of_another_version"]) == (None, [1])
