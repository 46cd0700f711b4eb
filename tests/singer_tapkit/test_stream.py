"""The stream that all others derive from, by a small tap and a server on a socket."""

from __future__ import annotations

import copy
import logging
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from singer_tapkit.errors import InvalidResponseError
from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.stream import BaseStream
from tests.singer_tapkit.small_tap import ORDER, Orders, SmallTap
from tests.singer_tapkit.tap_runs import (
    make_orders,
    make_settings,
    read_bookmarks,
    run_orders,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record


REFUSED = FakeResponse(status=403, json={"message": "no scope"})


def test_a_partition_that_fails_leaves_the_others_alone(server: FakeServer) -> None:
    server.respond("/orders/a", make_orders(1))
    server.respond("/orders/b", REFUSED)
    server.respond("/orders/c", make_orders(3))

    failed = run_orders(server, "abc")

    assert failed.exit_code == 1
    assert failed.output.keys("orders") == [("a", 1), ("c", 3)]
    assert read_bookmarks(failed.state) == {"a": 1, "c": 3}
    assert "orders of b: GET /orders/b answered 403: no scope" in failed.error
    assert "ERROR: orders of b" in failed.log


@pytest.mark.parametrize(
    ("statuses", "asked", "error"),
    [
        ([403, 403, 403, 200], "abc", "3 parts (orders of a, orders of b, orders of c): 403"),
        ([403, 200, 403, 403, 200, 403], "abcdef", "4 parts (orders of a, orders of c, "),
        ([200, 401, 200], "ab", "orders: GET /orders/b answered 401: no scope"),
    ],
    ids=["three in a row", "not in a row", "a final status"],
)
def test_a_stream_ends_where_the_rest_would_fail_as_well(
    server: FakeServer, statuses: list[int], asked: str, error: str
) -> None:
    accounts = "abcdef"[: len(statuses)]
    for account, status in zip(accounts, statuses, strict=True):
        refused = FakeResponse(status=status, json={"message": "no scope"})
        server.respond(f"/orders/{account}", make_orders(1) if status == 200 else refused)

    failed = run_orders(server, accounts)

    assert [request.path for request in server.requests] == [f"/orders/{name}" for name in asked]
    expected = [(name, 1) for name, status in zip(asked, statuses, strict=False) if status == 200]
    assert failed.output.keys("orders") == expected
    assert failed.error.splitlines()[-1].startswith(error)


def test_what_is_not_there_is_skipped_reported_and_no_failure(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Orders, "absences", {403: "accounts without scope"})
    for account in "abdef":
        server.respond(f"/orders/{account}", REFUSED)
    server.respond("/orders/c", make_orders(3))

    finished = run_orders(server, "abcdef")

    assert finished.exit_code == 0
    assert finished.output.keys("orders") == [("c", 3)]
    assert finished.log.count("INFO: Skipped, accounts without scope: ") == 3
    assert "a GET /orders/a answered 403: no scope" in finished.log
    assert "WARNING: orders: 5 skipped, accounts without scope." in finished.log


def test_a_row_that_fits_no_schema_fails_its_partition_behind_the_rows_before(
    server: FakeServer,
) -> None:
    server.respond("/orders/a", FakeResponse(json=[{"id": 1}, {"id": [2]}, {"id": 3}]))
    server.respond("/orders/b", make_orders(7))

    failed = run_orders(server, "ab")

    assert failed.output.keys("orders") == [("a", 1), ("b", 7)]
    assert read_bookmarks(failed.state) == {"b": 7}
    assert "orders of a: " in failed.error


def test_a_bookmark_moves_only_behind_written_records(server: FakeServer) -> None:
    server.respond("/orders/a", make_orders(1, 2, 3))
    server.respond("/orders/b", make_orders(7, 8))

    written: dict[str, int] = {"a": 0, "b": 0}
    for message in run_orders(server, "ab").output.messages:
        if message["type"] == "RECORD":
            written[message["record"]["account"]] = message["record"]["id"]
        if message["type"] == "STATE":
            for account, value in read_bookmarks(message["value"]).items():
                assert written[account] >= value

    assert written == {"a": 3, "b": 8}


def discover_orders(server: FakeServer) -> dict[str, Any]:
    streams = SmallTap(config=make_settings(server)).catalog_dict["streams"]
    entry: dict[str, Any] = next(entry for entry in streams if entry["stream"] == "orders")
    return entry


def test_a_full_table_has_no_bookmark_that_counts(server: FakeServer) -> None:
    server.respond("/orders/a", make_orders(1, 2))
    metadata = [{"breadcrumb": [], "metadata": {"forced-replication-method": "FULL_TABLE"}}]
    entry = {**discover_orders(server), "replication_method": "FULL_TABLE", "metadata": metadata}

    first = run_orders(server, "a", catalog={"streams": [entry]})
    second = run_orders(server, "a", first.state, {"streams": [entry]})

    assert first.output.keys("orders") == second.output.keys("orders") == [("a", 1), ("a", 2)]
    assert read_bookmarks(second.state) == {}


@pytest.mark.parametrize(
    "keys",
    [
        {"table-key-properties": ["account", "id"], "replication-key": "id"},
        {"replication-key": "updated_at"},
        {},
    ],
)
def test_a_catalog_of_the_specification_keeps_keys_and_replication_key(
    server: FakeServer, keys: dict[str, Any]
) -> None:
    server.respond("/orders/a", make_orders(1))
    metadata = [{"breadcrumb": [], "metadata": keys}]
    entry = {"tap_stream_id": "orders", "stream": "orders", "schema": {}, "metadata": metadata}

    finished = run_orders(server, "a", catalog={"streams": [entry]})

    assert finished.output.schemas["orders"]["key_properties"] == ["account", "id"]
    assert read_bookmarks(finished.state) == {"a": 1}


def test_keys_that_a_catalog_names_count_and_its_schema_does_not(server: FakeServer) -> None:
    server.respond("/orders/a", make_orders(1))
    old = {"type": "object", "properties": {"old": {"type": "string"}}}
    entry = {**discover_orders(server), "key_properties": ["id"], "schema": old}

    schema = run_orders(server, "a", catalog={"streams": [entry]}).output.schemas["orders"]

    assert schema["key_properties"] == ["id"]
    assert schema["schema"]["properties"].keys() == {"id", "account", "note"}


class Parts(BaseStream):
    """A stream whose records are what a test says."""

    name = "parts"
    primary_keys = ("id",)

    def __init__(self, tap: SmallTap, rows: list[Any], **options: Any) -> None:
        """Take the rows, and errors among them."""
        self.rows = rows
        super().__init__(tap, copy.deepcopy(ORDER), failures=tap.failures, **options)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for row in self.rows:
            if isinstance(row, Exception):
                raise row
            yield row


def make_tap(**config: Any) -> SmallTap:
    return SmallTap(config={"api_key": "sentinel-key", "url": "http://127.0.0.1:1", **config})


def read(stream: BaseStream) -> list[Record]:
    """Return the records of a stream without partitions."""
    return list(stream.get_records(None))


class Shops(Parts):
    """The same in partitions that are smaller than those of the SDK."""

    @override
    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        for name, rows in self.rows:
            if isinstance(rows, Exception):
                raise rows
            yield name, rows


def test_partitions_may_be_smaller_than_those_of_the_sdk(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream = Shops(
        make_tap(),
        [
            ("a", [{"id": 1}, {"id": [2]}, {"id": 9}]),
            ("b", [{"id": 3}]),
            ("c", InvalidResponseError("no list of shops")),
        ],
    )

    assert [record["id"] for record in read(stream)] == [1, 3]
    errors = [entry.getMessage() for entry in caplog.records if entry.levelname == "ERROR"]
    assert [message.partition(":")[0] for message in errors] == ["parts of a", "parts"]
    assert (stream.status.is_complete, stream.status.is_over) == (False, False)


@pytest.mark.parametrize(("limit", "failed"), [(None, 5), (2, 2)])
def test_how_many_failures_in_a_row_end_a_stream_is_its_own(
    monkeypatch: pytest.MonkeyPatch, limit: int | None, failed: int
) -> None:
    monkeypatch.setattr(Shops, "max_failures_in_a_row", limit)
    tap = make_tap()
    stream = Shops(tap, [(str(number), [{"id": []}]) for number in range(5)])

    assert read(stream) == []
    assert tap.failures.count == failed
    assert stream.status.is_over == (limit is not None)


def test_code_behind_a_record_runs_once_it_is_written(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def follow(stream: Orders, rows: Any, context: Context | None) -> Iterator[Record]:
        for row in rows:
            yield (record := stream.conform(row))
            stream.advance_bookmark(context, record["id"])

    monkeypatch.setattr(Orders, "conform_rows", follow)
    server.respond("/orders/a", FakeResponse(json=[{"id": "1"}, {"id": 2}, {"id": []}]))

    messages = run_orders(server, "a").output.messages

    kinds = [item["type"] for item in messages if item["type"] != "SCHEMA"]
    assert kinds[:4] == ["RECORD", "STATE", "RECORD", "STATE"]
    assert read_bookmarks(messages[-1]["value"]) == {"a": 2}


@pytest.mark.usefixtures("capsys")
def test_excluded_and_unknown_fields_are_dealt_with() -> None:
    row = {"id": 1, "account": "a", "note": "private", "new": 2}
    tap = make_tap()

    kept = Parts(tap, [dict(row)], excluded=frozenset({"note"}), unknown_fields="keep")
    warned = Parts(tap, [dict(row)])
    failing = Parts(tap, [dict(row)], unknown_fields="fail")

    assert read(kept) == [{"id": 1, "account": "a", "unknown_fields": {"new": 2}}]
    assert kept.schema["properties"].keys() == {"id", "account", "unknown_fields"}
    assert read(warned) == [{"id": 1, "account": "a", "note": "private"}]
    assert read(failing) == []
    assert (tap.failures.count, failing.status.is_complete) == (1, False)


def test_a_bug_is_not_taken_for_a_failure() -> None:
    with pytest.raises(ZeroDivisionError):
        read(Parts(make_tap(), [ZeroDivisionError()]))


@pytest.mark.usefixtures("capsys")
def test_what_failed_can_be_looked_up_in_detail(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    read(Parts(make_tap(), [InvalidResponseError("no page")]))

    assert [entry.levelname for entry in caplog.records if entry.exc_info] == ["DEBUG"]
