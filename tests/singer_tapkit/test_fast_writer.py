"""The short way from row to record: the same bytes as by the SDK's way, and only where it fits."""

from __future__ import annotations

import io
import json
import re
import signal
import threading
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from singer_sdk import Stream, Tap
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.singerlib.encoding.simple import SimpleSingerWriter
from typing_extensions import override

from singer_tapkit.fast_writer import BATCH_CELLS, supports_fast_write, write_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

TIME = re.compile(rb'"time_extracted":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|\+00:00)"')
FIELDS = ("id", "title", "__init__", "price", "meta", "größe %")
ROWS: list[tuple[Any, ...]] = [
    (1, "plain", True, 1.5, {"a": [1, None]}, None),
    (2, 'with "quotes"', False, 1e300, [], "two\r\nlines"),
    (2**53, "Ümläut 🐐 \x00 back\\slash", None, -0.0, {}, ""),
]


class VisitStream(Stream):
    """A stream of the SDK alone."""

    name = "visits"
    primary_keys = ("id",)
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {name: {} for name in FIELDS} | {"id": {"type": "integer"}},
    }
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    rows: Iterable[tuple[Any, ...]] = ROWS

    @override
    def get_records(self, context: object) -> Iterator[dict[str, Any]]:
        return (dict(zip(FIELDS, row, strict=True)) for row in self.rows)


class VisitTap(Tap):
    """A tap of the SDK alone."""

    name = "tap-visits"
    config_jsonschema: ClassVar[dict[str, Any]] = {"properties": {}}
    message_writer_class = MsgSpecWriter

    @override
    def discover_streams(self) -> list[Stream]:
        return [VisitStream(self)]


def make_stream(config: dict[str, Any] | None = None, **options: Any) -> Stream:
    tap = VisitTap(config=config or {}, **options)
    return tap.streams["visits"]


Output = pytest.CaptureFixture[bytes]


@pytest.fixture
def output(capsysbinary: Output) -> Output:
    """What is written to standard output."""
    return capsysbinary


def take(output: Output) -> bytes:
    """Return what was written since the last call, with the times replaced."""
    return TIME.sub(b'"time_extracted":"T"', output.readouterr().out)


def write_by_sdk(stream: Stream, rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        stream._write_record_message(  # noqa: SLF001
            dict(zip(FIELDS, row, strict=True))
        )


def test_both_ways_write_the_same_bytes_but_for_the_time(output: Output) -> None:
    stream = make_stream()

    assert write_records(stream, FIELDS, iter(ROWS)) == 3
    fast = take(output)
    write_by_sdk(stream, ROWS)

    assert fast == take(output)
    assert fast.count(b'"time_extracted":"T"') == fast.count(b"\n") == 3


def test_both_ways_write_the_same_version(output: Output) -> None:
    stream = make_stream()
    version = stream._stream_version = 1_700_000_000_000  # noqa: SLF001

    write_records(stream, FIELDS, ROWS, version=version)
    fast = take(output)
    write_by_sdk(stream, ROWS)

    assert fast == take(output)
    assert f'"version":{version}'.encode() in fast


@pytest.mark.parametrize("name", ['with "quotes"', "back\\slash", "two\nlines", "\x1f"])
def test_both_ways_write_names_that_json_escapes(name: str, output: Output) -> None:
    stream = make_stream()

    write_records(stream, ["id", name], [(1, "a"), (2, "b")])
    fast = take(output)
    for record in ({"id": 1, name: "a"}, {"id": 2, name: "b"}):
        stream._write_record_message(record)  # noqa: SLF001

    assert fast == take(output)


def test_both_ways_write_the_alias(output: Output) -> None:
    stream = make_stream({"stream_maps": {"visits": {"__alias__": "views"}}})

    write_records(stream, FIELDS, ROWS)

    assert {json.loads(line)["stream"] for line in take(output).splitlines()} == {"views"}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "\u2028", "</script>", "\x7f", "ß", "🐐", '"', "\\n"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(rows=st.lists(st.tuples(*[VALUES] * len(FIELDS)), max_size=3))
def test_every_value_is_written_as_by_the_sdk(output: Output, rows: list[tuple[Any, ...]]) -> None:
    stream = make_stream()

    assert write_records(stream, FIELDS, rows) == len(rows)
    fast = take(output)
    write_by_sdk(stream, rows)

    assert fast == take(output)


def test_each_batch_is_counted_when_it_is_written(output: Output) -> None:
    size = BATCH_CELLS // len(FIELDS)
    rows = ((number, *ROWS[0][1:]) for number in range(2 * size + 5))
    counts: list[int] = []
    written: list[bytes] = []

    def note(count: int) -> None:
        counts.append(count)
        written.append(take(output))

    total = write_records(make_stream(), FIELDS, rows, on_batch=note)

    assert total == 2 * size + 5
    assert counts == [batch.count(b"\n") for batch in written] == [size, size, 5]
    ids = [json.loads(line)["record"]["id"] for line in b"".join(written).splitlines()]
    assert ids == list(range(total))


def test_records_wider_than_a_batch_are_written_one_by_one(output: Output) -> None:
    fields = [f"column_{number}" for number in range(BATCH_CELLS + 1)]
    counts: list[int] = []

    write_records(make_stream(), fields, [fields, fields], on_batch=counts.append)

    assert counts == [1, 1]
    assert json.loads(take(output).splitlines()[1])["record"] == dict(
        zip(fields, fields, strict=True)
    )


def test_the_sdk_writes_a_state_after_the_records() -> None:
    stream = make_stream()
    assert stream.state_manager.is_flushed

    assert write_records(stream, FIELDS, []) == 0
    assert stream.state_manager.is_flushed

    write_records(stream, FIELDS, ROWS)
    assert not stream.state_manager.is_flushed


def test_signals_wait_until_the_batch_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written = bytearray()
    seen: list[bytes] = []

    class Interrupted(io.BytesIO):
        """Gets a signal in the middle of a line, by another thread as in most taps."""

        @override
        def write(self, content: Any) -> int:
            half = len(content) // 2
            written.extend(content[:half])
            sender = threading.Thread(target=signal.raise_signal, args=(signal.SIGTERM,))
            sender.start()
            sender.join()
            written.extend(content[half:])
            return len(content)

    stream = make_stream()
    handler: Any = lambda *_: seen.append(bytes(written))  # noqa: E731
    before = signal.signal(signal.SIGTERM, handler)
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(Interrupted(), write_through=True))
    try:
        write_records(stream, FIELDS, ROWS)
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)

    assert seen == [bytes(written)]
    assert written.count(b"\n") == 3


def test_another_thread_than_that_of_the_handlers_writes_as_well(output: Output) -> None:
    stream = make_stream()
    writer = threading.Thread(target=write_records, args=(stream, FIELDS, ROWS))
    writer.start()
    writer.join()

    assert take(output).count(b"\n") == 3


def test_a_stream_that_is_written_as_it_is_supports_it() -> None:
    assert supports_fast_write(make_stream())
    assert supports_fast_write(make_stream({"stream_maps": {"others": {"id": "id"}}}))


def batches(folder: Path) -> dict[str, Any]:
    return {
        "batch_config": {
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": folder.as_uri()},
        }
    }


def test_what_changes_records_is_left_to_the_sdk(tmp_path: Path) -> None:
    for config in (
        {"stream_maps": {"visits": {"title": "title"}}},
        {"stream_maps": {"visits": None}},
        {"flattening_enabled": True, "flattening_max_depth": 1},
        batches(tmp_path),
    ):
        assert not supports_fast_write(make_stream(config)), config


def test_a_field_that_is_not_selected_is_left_to_the_sdk() -> None:
    catalog = VisitTap(config={}).catalog_dict
    for entry in catalog["streams"][0]["metadata"]:
        if list(entry["breadcrumb"]) == ["properties", "title"]:
            entry["metadata"]["selected"] = False

    assert not supports_fast_write(make_stream(catalog=catalog))


def test_a_test_run_is_left_to_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_stream()
    monkeypatch.setattr(stream, "ABORT_AT_RECORD_COUNT", 1)

    assert not supports_fast_write(stream)


def test_another_writer_is_left_to_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VisitTap, "message_writer_class", SimpleSingerWriter)

    assert not supports_fast_write(make_stream())
