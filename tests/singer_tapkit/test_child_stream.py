"""A stream that is read for each record of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.testing import run_tap
from tests.singer_tapkit.small_tap import Customers, SmallTap
from tests.singer_tapkit.tap_runs import make_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.testing import TapRun


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        running.respond("/customers", FakeResponse(json=[{"id": number} for number in range(1, 9)]))
        for number in range(1, 9):
            running.respond(f"/customers/{number}/notes", FakeResponse(json=[{"id": 10 * number}]))
        yield running


def run(server: FakeServer, *streams: str, **config: Any) -> TapRun:
    """Read the notes of all customers."""
    return run_tap(
        SmallTap, make_settings(server, **config), select=streams or ("customers", "notes")
    )


def test_each_record_of_the_parent_has_its_rows(server: FakeServer) -> None:
    finished = run(server)

    assert finished.exit_code == 0
    assert [(record["customer_id"], record["id"]) for record in finished.records["notes"]] == [
        (number, 10 * number) for number in range(1, 9)
    ]


@pytest.mark.parametrize(
    ("stream_map", "left"), [(None, []), ({"__filter__": "id > 6"}, [7, 8])], ids=str
)
def test_a_stream_map_that_takes_parents_out_leaves_their_children(
    server: FakeServer, stream_map: Any, left: list[int]
) -> None:
    finished = run(server, stream_maps={"customers": stream_map})

    assert finished.exit_code == 0
    assert [record["id"] for record in finished.records.get("customers", [])] == left
    assert len(finished.records["notes"]) == 8


def test_the_schema_comes_once_and_the_state_with_the_parent(server: FakeServer) -> None:
    output = run(server).output

    assert output.message_types("notes") == ["SCHEMA", *["RECORD"] * 8]
    types = [message["type"] for message in output.messages]
    assert "RECORD" not in types[types.index("STATE") :]
    assert "partitions" not in output.state["bookmarks"].get("notes", {})


def test_the_log_and_the_measures_are_those_of_all_parents(server: FakeServer) -> None:
    lines = [line for line in run(server).log.splitlines() if "notes" in line]

    assert len([line for line in lines if "Beginning" in line]) == 1
    (count, _) = [line for line in lines if "METRIC" in line]
    assert '"metric":"record_count","value":8' in count


def test_parents_without_rows_are_counted_and_no_failure(server: FakeServer) -> None:
    for number in (2, 3, 5, 7, 8):
        response = FakeResponse(status=404, json={"message": "no notes"})
        server.respond(f"/customers/{number}/notes", response)

    finished = run(server)

    assert finished.exit_code == 0
    assert [record["id"] for record in finished.records["notes"]] == [10, 40, 60]
    assert finished.log.count("Skipped, customers without notes") == 3
    assert "notes: 5 skipped, customers without notes." in finished.log


def test_a_page_in_between_is_not_taken_for_no_rows(server: FakeServer) -> None:
    page = FakeResponse(status=404, body=b"default backend - 404")
    server.respond("/customers/2/notes", page)

    failed = run(server)

    assert failed.exit_code == 1
    assert "notes of 2: GET /customers/2/notes answered 404" in failed.error
    assert len(failed.records["notes"]) == 7


def test_a_stream_that_is_not_read_logs_no_count(server: FakeServer) -> None:
    server.respond("/customers", FakeResponse(json=[]))

    log = run(server).log

    assert not [line for line in log.splitlines() if "METRIC" in line and "notes" in line]


@pytest.mark.parametrize(
    ("failing", "bookmarks"),
    [([], [8, 8]), ([3], [2, 8]), ([6, 7, 8], [5, None])],
    ids=["none", "one", "too many in a row"],
)
def test_the_bookmark_stays_before_parents_whose_rows_are_lost(
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
    failing: list[int],
    bookmarks: list[int | None],
) -> None:
    def follow(stream: Customers, rows: Any, context: Context | None) -> Iterator[Record]:
        for row in rows:
            yield (record := stream.conform(row))
            stream.advance_bookmark(context, record["id"])

    monkeypatch.setattr(Customers, "replication_key", "id")
    monkeypatch.setattr(Customers, "partitions", [{"name": "a"}, {"name": "b"}])
    monkeypatch.setattr(Customers, "conform_rows", follow)
    for number in failing:
        refusal = FakeResponse(status=500, json={"message": "down"})
        server.respond(f"/customers/{number}/notes", refusal, FakeResponse(json=[{"id": 1}]))

    finished = run(server)

    assert finished.exit_code == (75 if failing else 0)
    assert [finished.output.bookmark("customers", name=name) for name in "ab"] == bookmarks
