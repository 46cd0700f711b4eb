"""Files with settings, state and catalog: read, or refused in one sentence."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.command_line import parse_catalog, parse_state

if TYPE_CHECKING:
    from pathlib import Path

STATE = {"bookmarks": {"hits": {"replication_key": "id", "replication_key_value": 7}}}
PARTITIONS = {"bookmarks": {"hits": {"partitions": [{"context": {"site": "a"}, "x": 1}]}}}


def make_catalog(schema: dict[str, Any]) -> dict[str, Any]:
    return {"streams": [{"tap_stream_id": "a", "schema": {"properties": {"x": schema}}}]}


class File(io.StringIO):
    """A file with a name."""

    name = "state.json"


def make_file(content: Any) -> File:
    """Return a file with this text, or this value as JSON."""
    return File(content if isinstance(content, str) else json.dumps(content))


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (STATE, STATE),
        (PARTITIONS, PARTITIONS),
        ({**STATE, "other": 1}, {**STATE, "other": 1}),
        ("\ufeff" + json.dumps(STATE), STATE),
        ({"type": "STATE", "value": STATE}, STATE),
        ({"singer_state": STATE}, STATE),
        ({"completed": {"singer_state": STATE}, "partial": {}}, STATE),
        ({"completed": {"singer_state": {"type": "STATE", "value": STATE}}}, STATE),
        ({}, {"bookmarks": {}}),
        ({"singer_state": {}}, {"bookmarks": {}}),
        ({"bookmarks": {}}, {"bookmarks": {}}),
    ],
)
def test_a_state_is_read_in_any_wrapping(content: Any, state: Any) -> None:
    assert parse_state(make_file(content)) == state


def test_a_state_that_names_a_partition_twice_is_refused() -> None:
    partitions = [{"context": {"a": 1, "b": 2}, "x": 1}, {"context": {"b": 2, "a": 1}}]

    with pytest.raises(ConfigValidationError) as refused:
        parse_state(make_file({"bookmarks": {"hits": {"partitions": partitions}}}))

    (message,) = refused.value.errors
    assert "has a partition of the stream 'hits' twice" in message
    assert "merge-states" in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "must hold one JSON object"),
        ("{", "must hold one JSON object"),
        ("null", "must hold one JSON object"),
        ([STATE], "must hold one JSON object"),
        ("[" * 100_000, "must hold one JSON object"),
        ({"hits": {"replication_key_value": 7}}, '{"bookmarks": {...}}'),
        ({"singer_state": None}, '{"bookmarks": {...}}'),
        ({"bookmarks": None}, "got `null` - at `$.bookmarks`"),
        ({"bookmarks": []}, "got `array` - at `$.bookmarks`"),
        ({"bookmarks": {"hits": None}}, "got `null` - at `$.bookmarks[...]`"),
        ({"bookmarks": {"hits": [1]}}, "got `array` - at `$.bookmarks[...]`"),
        ({"bookmarks": {"hits": {"partitions": None}}}, "`$.bookmarks[...].partitions`"),
        ({"bookmarks": {"hits": {"partitions": [{}]}}}, "missing required field `context`"),
        ({"completed": {}, "partial": {"singer_state": STATE}}, "meltano state get"),
    ],
)
def test_what_is_no_state_is_refused_by_its_file_and_place(content: Any, words: str) -> None:
    with pytest.raises(ConfigValidationError, match=r"The state file state\.json") as error:
        parse_state(make_file(content))

    assert words in str(error.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b"\xff\xfe{}")

    with path.open(encoding="utf-8") as text, pytest.raises(ConfigValidationError, match="UTF-8"):
        parse_state(text)


def test_a_catalog_is_read() -> None:
    metadata: list[Any] = [{"breadcrumb": [], "metadata": {}}]
    full = {"schema": {}, "key_properties": ["id"], "metadata": metadata}
    catalog = {"streams": [{"tap_stream_id": "a"}, {"tap_stream_id": "b", **full}]}

    assert parse_catalog(make_file(catalog)) == catalog


@pytest.mark.parametrize(
    "content",
    [
        "",
        [],
        {},
        {"streams": None},
        {"streams": {}},
        {"streams": [None]},
        {"streams": [{"stream": "hits"}]},
        {"streams": [{"tap_stream_id": "hits", "schema": []}]},
        {"streams": [{"tap_stream_id": "hits", "schema": {"properties": {"id": None}}}]},
        {"streams": [{"tap_stream_id": "hits", "stream": 7}]},
        {"streams": [{"tap_stream_id": "hits", "metadata": [{}]}]},
        make_catalog({"properties": {"a": True}}),
        make_catalog({"properties": {"a": {"items": {"properties": {"b": True}}}}}),
        make_catalog({"properties": {"a": {"type": None}}}),
        make_catalog({"properties": {"a": {"items": [True]}}}),
    ],
)
def test_what_is_no_catalog_is_refused_by_its_file(content: Any) -> None:
    with pytest.raises(ConfigValidationError, match=r"The catalog file state\.json must hold"):
        parse_catalog(make_file(content))
