"""When the state is written, what stands in it, and what it costs with many partitions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec

import pytest
from singer_sdk.streams._state import StreamStateManager

from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.message_writer import MessageWriter
from singer_tapkit.run_state import (
    STATE_BYTES_PER_INTERVAL,
    IndexedStateManager,
    PacedStateWriter,
    compact_state,
)
from singer_tapkit.testing import run_tap
from tests.singer_tapkit.small_tap import Customers, Notes, Orders, SmallTap
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

ACCOUNTS = "abcdef"
read_orders = Orders.read


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of all states that are written."""
    clock = Clock()
    begin = PacedStateWriter.__init__
    monkeypatch.setattr(
        PacedStateWriter,
        "__init__",
        lambda writer, message_writer: begin(writer, message_writer, clock),
    )
    return clock


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        for place, account in enumerate(ACCOUNTS):
            running.respond(f"/orders/{account}", make_orders(10 * place + 1, 10 * place + 2))
        yield running


def list_steps(messages: list[dict[str, Any]]) -> list[Any]:
    """Return the order ids and the bookmarks that were written, in their order."""
    return [
        message["record"]["id"] if message["type"] == "RECORD" else read_bookmarks(message["value"])
        for message in messages
        if message["type"] in {"RECORD", "STATE"}
    ]


def read_states(output: str) -> list[dict[str, Any]]:
    messages = map(json.loads, output.splitlines())
    return [message["value"] for message in messages if message["type"] == "STATE"]


@pytest.mark.usefixtures("clock")
def test_many_partitions_in_a_moment_write_the_first_state_and_the_last(server: FakeServer) -> None:
    steps = list_steps(run_orders(server, ACCOUNTS).output.messages)

    last = {account: 10 * place + 2 for place, account in enumerate(ACCOUNTS)}
    assert steps[:3] == [1, 2, {"a": 2}]
    assert steps[3:-1] == [11, 12, 21, 22, 31, 32, 41, 42, 51, 52]
    assert steps[-1] == last


def test_a_state_that_had_to_wait_goes_out_with_a_record_of_the_next_partition(
    server: FakeServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_slowly(stream: Orders, context: Context | None) -> Iterator[Record]:
        for record in read_orders(stream, context):
            clock.now += 5.1 if record["id"] == 21 else 0
            yield record

    monkeypatch.setattr(Orders, "read", read_slowly)

    steps = list_steps(run_orders(server, "abcd").output.messages)

    assert steps == [
        *(1, 2, {"a": 2}),
        *(11, 12),
        *(21, {"a": 2, "b": 12}, 22),
        *(31, 32, {"a": 2, "b": 12, "c": 22, "d": 32}),
    ]


def test_a_state_that_had_to_wait_goes_out_between_records_that_are_written_at_once(
    server: FakeServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_at_once(stream: Orders, context: Context | None) -> tuple[()]:
        account = (context or {})["account"]
        clock.now += 5.1 if account == "c" else 0
        stream.write_records(["account", "id"], [[account, 1]])
        stream.advance_bookmark(context, 1)
        return ()

    monkeypatch.setattr(Orders, "read", write_at_once)

    steps = list_steps(run_orders(server, "abcd").output.messages)

    assert steps == [
        *(1, {"a": 1}, 1, 1, {"a": 1, "b": 1}),
        *(1, {"a": 1, "b": 1, "c": 1, "d": 1}),
    ]


@pytest.mark.usefixtures("clock")
def test_a_stream_can_ask_for_its_state_at_once(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_urgently(stream: Orders, context: Context | None) -> Iterator[Record]:
        yield from read_orders(stream, context)
        if context == {"account": "b"}:
            stream.write_state(at_once=True)

    monkeypatch.setattr(Orders, "read", read_urgently)

    steps = list_steps(run_orders(server, "abc").output.messages)

    assert steps == [1, 2, {"a": 2}, 11, 12, {"a": 2, "b": 12}, 21, 22, {"a": 2, "b": 12, "c": 22}]


@pytest.mark.usefixtures("clock")
def test_a_given_state_counts_as_the_message_before(server: FakeServer) -> None:
    state = run_orders(server, "abc").state
    server.respond("/orders/a", make_orders(3))
    server.respond("/orders/b", make_orders(13))

    steps = list_steps(run_orders(server, "abc", state).output.messages)

    assert steps == [read_bookmarks(state), 3, 13, {"a": 3, "b": 13, "c": 22}]


def test_no_number_of_records_is_a_reason_for_a_state(
    server: FakeServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Orders, "advance_bookmark", lambda *_: None)
    server.respond("/orders/a", FakeResponse(json=[{"id": number} for number in range(10_001)]))
    clock.now += 100

    types = [message["type"] for message in run_orders(server, "a").output.messages]

    assert types == ["SCHEMA", *["RECORD"] * 10_001, "STATE"]


def test_no_state_claims_a_record_of_another_stream_in_a_file_that_is_not_announced(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mark(stream: Customers, rows: Any, context: Context | None) -> Iterator[Record]:
        for row in rows:
            yield stream.conform(row)
            stream.get_context_state(context)["read_up_to"] = row["id"]

    def write_state_first(stream: Notes, context: Context | None) -> list[Record]:
        stream.write_state(at_once=True)
        return [dict(context or {}, id=1)]

    monkeypatch.setattr(Customers, "conform_rows", mark)
    monkeypatch.setattr(Notes, "read", write_state_first)
    server.respond("/customers", make_orders(1, 2, 3))
    config = make_settings(server, batch_config=configure_files(tmp_path, batch_size=2))

    messages = run_tap(SmallTap, config, select=["customers", "notes"]).output.messages

    announced = [0]
    claimed = []
    for message in messages:
        if message["type"] == "BATCH" and message["stream"] == "customers":
            announced.append(min(3, announced[-1] + 2))
        if message["type"] == "STATE":
            claimed.append(message["value"]["bookmarks"].get("customers", {}).get("read_up_to", 0))
            assert claimed[-1] <= announced[-1]
    assert announced == [0, 2, 3]
    assert claimed[-1] == 3


def test_a_large_state_is_written_less_often(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    writer = PacedStateWriter(MessageWriter(), clock)
    large = {"bookmarks": {"orders": {"replication_key_value": "x" * STATE_BYTES_PER_INTERVAL * 3}}}
    writer.write_change(large)
    writer.write_change({"bookmarks": {}})

    found = []
    for seconds in (5.0, 9.9, 0.2):
        clock.now += seconds
        writer.write_pending({"bookmarks": {}})
        found.append(read_states(capsys.readouterr().out))

    assert found == [[large], [], [{"bookmarks": {}}]]


def test_a_state_that_says_the_same_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    writer = PacedStateWriter(MessageWriter())
    writer.interval = 0
    empty, known = {"context": {"account": "a"}}, {"context": {"account": "a"}, "x": 1}
    for partitions in ([], [empty], [known], [known]):
        writer.write_change({"bookmarks": {"orders": {"partitions": partitions}}})
    writer.write_pending({})

    assert read_states(capsys.readouterr().out) == [
        {"bookmarks": {"orders": {}}},
        {"bookmarks": {"orders": {"partitions": [known]}}},
    ]


def test_a_state_holds_nothing_that_the_next_run_cannot_use() -> None:
    known = {"context": {"account": "a"}, "replication_key_value": 3}
    state = {
        "bookmarks": {
            "orders": {
                "partitions": [
                    {**known, "starting_replication_value": 1, "replication_key_signpost": 9},
                    {"context": {"account": "b"}, "starting_replication_value": None},
                    {"context": {"account": "c"}},
                ]
            },
            "customers": {"partitions": [{"context": {"account": "a"}}]},
            "notes": {"checkpoint": {"position": 7}},
        },
        "other": 1,
    }

    assert compact_state(state) == {
        "bookmarks": {
            "orders": {"partitions": [known]},
            "customers": {},
            "notes": {"checkpoint": {"position": 7}},
        },
        "other": 1,
    }


def test_partitions_are_found_whatever_the_order_of_their_names_and_whoever_adds_them() -> None:
    old = {"context": {"account": "a", "year": 2025}, "replication_key_value": 3}
    partitions: list[Any] = [old]
    state: Any = {"bookmarks": {"orders": {"partitions": partitions}}}
    manager = IndexedStateManager(stream_name="orders", tap_state=state)

    assert manager.get_context_state({"year": 2025, "account": "a"}) is old
    partitions.append({"context": {"account": "b"}})
    assert manager.get_context_state({"account": "b"}) is partitions[1]
    assert manager.get_context_state({"account": "c"}) is partitions[2]
    assert partitions[2] == {"context": {"account": "c"}}


def test_what_comes_of_partitioning_keys_is_as_with_the_sdk() -> None:
    for keys in (None, (), ("account",)):
        states: Any = [{}, {}]
        for kind, state in zip((StreamStateManager, IndexedStateManager), states, strict=True):
            manager = kind(stream_name="orders", tap_state=state, state_partitioning_keys=keys)
            for context in ({"account": "a", "year": 1}, {"account": "b", "year": 1}, None):
                manager.get_context_state(context)["replication_key_value"] = 1
        assert states[0] == states[1]


def test_the_sdk_finds_partitions_by_the_index(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = create_autospec(
        IndexedStateManager.get_context_state, side_effect=IndexedStateManager.get_context_state
    )
    monkeypatch.setattr(IndexedStateManager, "get_context_state", find)
    monkeypatch.setattr(Orders, "advance_bookmark", lambda *_: None)
    monkeypatch.setattr(Orders, "get_bookmark", lambda *_: None)

    run_orders(server, "ab")

    found = [call.args[1] for call in find.call_args_list]
    assert found.count({"account": "a"}) >= 3  # at the beginning, the end and the very end


@pytest.mark.usefixtures("clock")
def test_the_state_grows_with_the_partitions_and_not_with_their_square() -> None:
    def bytes_of_states(count: int) -> int:
        accounts = [f"account-{number}" for number in range(count)]
        with FakeServer() as server:
            for account in accounts:
                server.respond(f"/orders/{account}", make_orders(1))
            messages = run_orders(server, accounts).output.messages
        states = [message for message in messages if message["type"] == "STATE"]
        return len(json.dumps(states))

    assert bytes_of_states(80) < 5 * bytes_of_states(20)
