"""A tap that runs in process behaves as on its command line."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import click
import pytest
from singer_sdk import Stream, Tap
from singer_sdk import typing as th
from singer_sdk.contrib.msgspec import MsgSpecWriter
from typing_extensions import override

from singer_tapkit.testing import read_messages, run_tap, select_streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from singer_sdk.helpers.types import Context

CONFIG = {"region": "north"}


class ItemStream(Stream):
    """Two items."""

    name = "items"
    primary_keys = ("id",)
    replication_key = "id"
    schema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("id", th.IntegerType, required=True), th.Property("region", th.StringType)
    ).to_dict()

    @override
    def get_records(self, context: Context | None) -> Iterable[dict[str, Any]]:
        first = self.get_starting_replication_key_value(context) or 1
        for number in (first, first + 1):
            yield {"id": number, "region": self.config["region"]}


class BrokenStream(ItemStream):
    """Fails after its first record."""

    name = "broken"
    selected_by_default = False

    @override
    def get_records(self, context: Context | None) -> Iterable[dict[str, Any]]:
        yield {"id": 1}
        self.logger.warning("About to %s.", "fail")
        raise click.ClickException("The server has gone.")


class ItemTap(Tap):
    """A tap with a stream of each kind."""

    name = "tap-items"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("region", th.StringType, required=True)
    ).to_dict()

    @override
    def discover_streams(self) -> list[Stream]:
        return [ItemStream(self), BrokenStream(self)]


class FastItemTap(ItemTap):
    """Writes bytes to the buffer of stdout."""

    message_writer_class = MsgSpecWriter


class DynamicItemTap(ItemTap):
    """Needs valid settings to discover its streams."""

    dynamic_catalog = True


@pytest.mark.parametrize("tap_class", [ItemTap, FastItemTap])
def test_a_run_has_records_state_and_exit_code(tap_class: type[Tap]) -> None:
    run = run_tap(tap_class, CONFIG)

    assert (run.exit_code, run.error) == (0, "")
    assert run.records == {"items": [{"id": n, "region": "north"} for n in (1, 2)]}
    assert run.output.keys("items") == [(1,), (2,)]
    assert run.output.bookmark("items") == 2
    assert run.output.message_types("items") == ["SCHEMA", "RECORD", "RECORD"]
    assert "INFO: Skipping deselected stream 'broken'." in run.log


def test_a_run_starts_from_a_state_and_leaves_it_alone() -> None:
    state = run_tap(ItemTap, CONFIG).state
    before = json.dumps(state)

    run = run_tap(ItemTap, CONFIG, state=state)

    assert run.output.keys("items") == [(2,), (3,)]
    assert json.dumps(state) == before


def test_a_failed_run_keeps_what_was_written_before() -> None:
    run = run_tap(ItemTap, CONFIG, select=["broken"])

    assert (run.exit_code, run.error) == (1, "The server has gone.")
    assert run.records == {"broken": [{"id": 1}]}
    assert "WARNING: About to fail." in run.log


@pytest.mark.parametrize("tap_class", [ItemTap, DynamicItemTap])
def test_invalid_settings_fail_as_on_the_command_line(tap_class: type[Tap]) -> None:
    run = run_tap(tap_class, {}, select=["items"])

    assert run.exit_code == 1
    assert "'region' is a required property" in run.error
    assert run.stdout == b""


def test_a_run_leaves_stdout_and_signals_as_they_were() -> None:
    stdout, handler = sys.stdout, signal.getsignal(signal.SIGINT)

    run_tap(ItemTap, CONFIG)

    assert sys.stdout is stdout
    assert signal.getsignal(signal.SIGINT) is handler


def test_streams_are_selected_in_a_catalog() -> None:
    catalog = select_streams(ItemTap(config=CONFIG).catalog_dict, ["broken"])

    assert set(run_tap(ItemTap, CONFIG, catalog=catalog).records) == {"broken"}
    assert set(run_tap(ItemTap, CONFIG, catalog=catalog, select=["items"]).records) == {"items"}
    with pytest.raises(ValueError, match="no such streams: others"):
        select_streams(catalog, ["items", "others"])


SCHEMA = {
    "type": "SCHEMA",
    "stream": "items",
    "key_properties": ["id"],
    "schema": {
        "properties": {
            "id": {"type": ["integer", "null"]},
            "at": {"type": "string", "format": "date-time"},
        }
    },
}


def encode_lines(*messages: Mapping[str, Any]) -> list[str]:
    return [json.dumps(message) for message in messages]


def make_record(**values: object) -> dict[str, Any]:
    return {"type": "RECORD", "stream": "items", "record": values}


def test_messages_are_read_from_text_and_bytes() -> None:
    partitions = [{"context": {"site": 1}, "replication_key_value": "a"}, {"context": {"site": 2}}]
    state = {"bookmarks": {"items": {"partitions": partitions}}}
    version = {"type": "ACTIVATE_VERSION", "stream": "items", "version": 5}
    record = make_record(id=1, at="2026-01-02T03:04:05Z")

    text = encode_lines(SCHEMA, record, version, {"type": "STATE", "value": state})
    output = read_messages(text)

    assert output == read_messages(line.encode() for line in text)
    assert output.records["items"] == [{"id": 1, "at": "2026-01-02T03:04:05Z"}]
    assert output.activated_versions == [5]
    assert output.state == state
    assert output.bookmark("items", site=1) == "a"
    assert output.bookmark("items", site=2) is None
    assert read_messages([]).state == {}


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([make_record(id=1)], "comes before its schema"),
        ([SCHEMA, make_record(id="1")], "is not of type 'integer'"),
        ([SCHEMA, make_record(id=1, at="yesterday")], "is not a 'date-time'"),
        ([SCHEMA, make_record(id=1, more=2)], "'more' is not in the schema"),
        ([SCHEMA, make_record(id=None)], "'id' is null in the primary key"),
        ([SCHEMA, make_record()], "'id' is null in the primary key"),
    ],
)
def test_a_record_that_does_not_fit_is_an_error(
    messages: list[dict[str, Any]], complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        read_messages(encode_lines(*messages))
