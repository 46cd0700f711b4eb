"""What a stream writes: messages, many at once, or files, and all of them alike."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.helpers._flattening import flatten_record
from typing_extensions import override

from singer_tapkit.errors import ExtractionError
from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.output_stream import OutputStream
from singer_tapkit.testing import run_tap
from tests.singer_tapkit.small_tap import ID, TEXT, Orders, SmallStream, SmallTap
from tests.singer_tapkit.tap_runs import (
    configure_files,
    make_orders,
    make_settings,
    read_bookmarks,
    run_orders,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from singer_sdk.helpers.types import Context, Record


def test_the_sdk_asks_for_messages_where_deselection_can_be_left_out(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.respond("/orders/a", FakeResponse(json=[{"id": 1, "note": "x"}, {"id": 2}]))
    maps = {"orders": {"owner": "account", "__filter__": "id > 1"}}
    plain, mapped = run_orders(server, "a"), run_orders(server, "a", stream_maps=maps)
    monkeypatch.delattr(OutputStream, "_generate_record_messages")

    assert run_orders(server, "a").records == plain.records
    assert run_orders(server, "a", stream_maps=maps).records == mapped.records
    assert plain.records["orders"][0] == {"id": 1, "account": "a", "note": "x"}
    assert [record["owner"] for record in mapped.records["orders"]] == ["a"]


def test_deselected_fields_are_left_out(server: FakeServer) -> None:
    server.respond("/orders/a", FakeResponse(json=[{"id": 1, "note": "x"}]))
    catalog = SmallTap(config=make_settings(server)).catalog_dict
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = "note" not in entry["breadcrumb"]

    assert run_orders(server, "a", catalog=catalog).records["orders"] == [{"id": 1, "account": "a"}]


def test_flattened_records_have_the_fields_of_their_schema_and_no_others(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = {"type": ["object", "null"], "properties": {"zip": TEXT}}
    address = {"type": ["object", "null"], "properties": {"street": TEXT, "place": inner}}
    schema = {"type": "object", "properties": {"id": ID, "address": address, "note": TEXT}}
    addresses = [None, {"street": None, "place": None}, {"street": "Kai", "place": {"zip": "1"}}]

    class Places(SmallStream):
        name = "places"
        primary_keys = ("id",)

        @override
        def read(self, context: Context | None) -> Iterator[Record]:
            for number, value in enumerate(addresses):
                yield {"id": number, "address": value}

    monkeypatch.setattr(
        SmallTap,
        "discover_streams",
        lambda tap: [Places(tap, copy.deepcopy(schema), failures=tap.failures)],
    )
    config = make_settings(server, flattening_enabled=True, flattening_max_depth=2)

    finished = run_tap(SmallTap, config)

    assert finished.records["places"] == [
        {"id": 0, "note": None},
        {"id": 1, "address__street": None, "note": None},
        {"id": 2, "address__street": "Kai", "address__place__zip": "1", "note": None},
    ]


def test_the_sdk_still_leaves_objects_that_are_null_in_flattened_records() -> None:
    schema = {"properties": {"address__street": TEXT}}

    assert flatten_record({"address": None}, schema, max_level=1) == {"address": None}


@pytest.mark.parametrize("in_files", [False, True])
def test_a_fast_write_is_counted_and_followed_by_its_state(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, in_files: bool
) -> None:
    def write_at_once(stream: Orders, context: Context | None) -> tuple[()]:
        assert stream.supports_fast_write()
        stream.write_records(["account", "id"], [["a", number] for number in range(5)])
        stream.advance_bookmark(context, 4)
        return ()

    monkeypatch.setattr(Orders, "read", write_at_once)
    files = {"batch_config": configure_files(tmp_path, batch_size=2)} if in_files else {}

    finished = run_orders(server, "a", **files)

    records = read_files(tmp_path) if in_files else finished.records["orders"]
    assert sorted(record["id"] for record in records) == [0, 1, 2, 3, 4]
    assert finished.output.message_types("orders").count("BATCH") == (3 if in_files else 0)
    assert read_bookmarks(finished.state) == {"a": 4}
    assert '"metric":"record_count","value":5' in finished.log


def test_a_version_is_borne_by_records_and_activated_behind_them(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_version(stream: Orders, _: Context | None) -> Iterator[Record]:
        stream.begin_version(7)
        yield {"account": "a", "id": 1}
        stream.activate_version(7)

    monkeypatch.setattr(Orders, "read", read_version)

    output = run_orders(server, "a").output

    assert output.message_types("orders") == ["SCHEMA", "RECORD", "ACTIVATE_VERSION"]
    assert [item["version"] for item in output.messages if "version" in item] == [7, 7]


def read_files(folder: Path) -> list[dict[str, Any]]:
    files = folder.glob("*.json")
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def test_stream_maps_and_the_selection_of_fields_hold_in_files(
    server: FakeServer, tmp_path: Path
) -> None:
    server.respond("/orders/a", make_orders(4))
    maps = {"orders": {"id": "id", "account": "md5(account)", "__alias__": "hashed"}}

    output = run_orders(
        server, "a", batch_config=configure_files(tmp_path), stream_maps=maps
    ).output

    assert output.message_types("hashed") == ["SCHEMA", "BATCH"]
    assert read_files(tmp_path) == [
        {"id": 4, "account": "0cc175b9c0f1b6a831c399e269772661", "note": None}
    ]


def test_stream_maps_that_make_two_streams_of_one_are_refused_with_files(
    server: FakeServer, tmp_path: Path
) -> None:
    server.respond("/orders/a", make_orders(4))
    maps = {"orders": {}, "copies": {"__source__": "orders", "id": "id"}}

    with pytest.raises(ExtractionError, match="'stream_maps' makes several streams of orders"):
        run_orders(server, "a", batch_config=configure_files(tmp_path), stream_maps=maps)

    assert read_files(tmp_path) == []


def test_each_file_is_followed_by_a_state_that_is_no_further(
    server: FakeServer, tmp_path: Path
) -> None:
    server.respond("/orders/a", make_orders(1, 2))
    server.respond("/orders/b", make_orders(7, 8, 9))

    output = run_orders(server, "ab", batch_config=configure_files(tmp_path, batch_size=2)).output

    steps = [
        ("BATCH" if message["type"] == "BATCH" else read_bookmarks(message["value"]))
        for message in output.messages
        if message["type"] != "SCHEMA"
    ]
    assert steps == ["BATCH", {}, "BATCH", {"a": 2}, "BATCH", {"a": 2, "b": 9}]
