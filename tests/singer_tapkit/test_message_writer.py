"""Messages: each one whole whatever signals come, and many at once with the same bytes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from typing import IO, TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from singer_sdk import Stream, Tap
from singer_sdk.singerlib import StateMessage
from singer_sdk.singerlib.encoding.simple import SimpleSingerWriter
from typing_extensions import override

from singer_tapkit.message_writer import BATCH_CELLS, MessageWriter, read_batches, write_all
from singer_tapkit.output_stream import OutputStream
from tests.platforms import on_posix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from typing_extensions import Buffer


LINES = 20_000
WRITER = f"""
import signal, sys
from singer_tapkit.message_writer import MessageWriter

writer = MessageWriter()

def end(*_):
    if not writer.defer(end):
        writer.write_lines(b"end\\n")
        sys.exit(143)

signal.signal(signal.SIGTERM, end)
writer.write_lines(b"begin\\n" + (b"x" * 99 + b"\\n") * {LINES})
"""

TIME = re.compile(rb'"time_extracted":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|\+00:00)"')
FIELDS = ("id", "title", "__init__", "price", "meta", "größe %")
ROWS: list[tuple[Any, ...]] = [
    (1, "plain", True, 1.5, {"a": [1, None]}, None),
    (2, 'with "quotes"', False, 1e300, [], "two\r\nlines"),
    (2**53, "Ümläut 🐐 \x00 back\\slash", None, -0.0, {}, ""),
]

SCHEMA = {
    "type": "object",
    "properties": {name: {} for name in FIELDS} | {"id": {"type": "integer"}},
}


class Pipe(BytesIO):
    """An output on which something happens while it is written to."""

    action: Callable[[], object] | None = None

    @override
    def write(self, data: Buffer, /) -> int:
        action, self.action = self.action, None
        if action:
            action()
        return super().write(data)


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


def write(pipe: Pipe, writer: MessageWriter, *values: int) -> None:
    """Write a state with each value to the pipe."""
    with redirect_stdout(TextIOWrapper(pipe, write_through=True)) as stdout:
        try:
            for value in values:
                writer.write_message(StateMessage({"a": value}))
        finally:
            stdout.detach()


def encode_states(*values: int) -> list[bytes]:
    return [b'{"type":"STATE","value":{"a":%d}}' % value for value in values]


def test_nothing_is_deferred_between_messages(pipe: Pipe) -> None:
    writer = MessageWriter()
    write(pipe, writer, 1)

    assert not writer.defer(pytest.fail)
    write(pipe, writer, 2)
    assert pipe.getvalue().splitlines() == encode_states(1, 2)


def test_what_comes_within_a_message_waits_for_its_end(pipe: Pipe) -> None:
    writer = MessageWriter()
    deferred: list[bool] = []

    def stop() -> None:
        writer.write_message(StateMessage({"a": 2}))
        sys.exit(143)

    pipe.action = lambda: deferred.append(writer.defer(stop))

    with pytest.raises(SystemExit):
        write(pipe, writer, 1, 3)

    assert deferred == [True]
    assert pipe.getvalue().splitlines() == encode_states(1, 2)


def test_what_comes_between_messages_that_belong_together_waits_for_the_last(pipe: Pipe) -> None:
    writer = MessageWriter()

    ended = []

    with writer.hold_signals():
        write(pipe, writer, 1)
        assert writer.defer(lambda: ended.append(pipe.getvalue()))
        write(pipe, writer, 2)

    assert ended == [pipe.getvalue()]

    assert pipe.getvalue().splitlines() == encode_states(1, 2)


def test_a_message_that_cannot_be_written_defers_nothing_any_more(pipe: Pipe) -> None:
    writer = MessageWriter()

    def close() -> None:
        raise BrokenPipeError

    pipe.action = close
    with pytest.raises(BrokenPipeError):
        write(pipe, writer, 1)

    assert not writer.defer(close)


@on_posix
@pytest.mark.parametrize("options", [[], ["-u"]])
def test_a_signal_cuts_no_line_with_and_without_a_buffer(options: list[str]) -> None:
    command = [sys.executable, *options, "-c", WRITER]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        output: IO[bytes] | None = process.stdout
        assert output is not None
        assert output.readline() == b"begin\n"
        process.send_signal(signal.SIGTERM)
        written = output.readlines()

    assert process.returncode == 143
    assert written == [b"x" * 99 + b"\n"] * LINES + [b"end\n"]


def test_what_takes_little_at_once_gets_everything() -> None:
    class Narrow(BytesIO):
        @override
        def write(self, content: object) -> int:
            return super().write(memoryview(content)[:3])  # type: ignore[arg-type]

    output = Narrow()

    write_all(output, b"0123456789")

    assert output.getvalue() == b"0123456789"


def test_an_output_that_does_not_wait_is_an_error() -> None:
    near, far = os.pipe()
    os.set_blocking(far, False)
    with (
        os.fdopen(near, "rb"),
        os.fdopen(far, "wb", buffering=0) as output,
        pytest.raises(BlockingIOError),
    ):
        write_all(output, b"x" * 2**20)


class VisitStream(OutputStream):
    """A stream that writes."""

    name = "visits"
    primary_keys = ("id",)

    @override
    def get_records(self, context: object) -> Iterable[dict[str, Any]]:
        return ()


class VisitTap(Tap):
    """A tap of the SDK with the writer of the library."""

    name = "tap-visits"
    config_jsonschema: ClassVar[dict[str, Any]] = {"properties": {}}
    message_writer_class = MessageWriter

    @override
    def discover_streams(self) -> list[Stream]:
        return [VisitStream(self, SCHEMA)]


def make_stream(config: dict[str, Any] | None = None, **options: Any) -> OutputStream:
    stream = VisitTap(config=config or {}, **options).streams["visits"]
    assert isinstance(stream, OutputStream)
    return stream


Output = pytest.CaptureFixture[bytes]


@pytest.fixture
def output(capsysbinary: Output) -> Output:
    """What is written to standard output."""
    return capsysbinary


def take(output: Output) -> bytes:
    """Return what was written since the last call, with the times replaced."""
    return TIME.sub(b'"time_extracted":"T"', output.readouterr().out)


def write_by_sdk(stream: Stream, fields: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        record = dict(zip(fields, row, strict=True))
        stream._write_record_message(record)  # noqa: SLF001


@pytest.mark.parametrize("version", [None, 1_700_000_000_000])
def test_both_ways_write_the_same_bytes_but_for_the_time(
    output: Output, version: int | None
) -> None:
    stream = make_stream()
    stream.begin_version(version)

    stream.write_records(FIELDS, iter(ROWS), version)
    fast = take(output)
    write_by_sdk(stream, FIELDS, ROWS)

    assert fast == take(output)
    assert fast.count(b'"time_extracted":"T"') == fast.count(b"\n") == 3
    assert (f'"version":{version}'.encode() in fast) == (version is not None)


@pytest.mark.parametrize("name", ['with "quotes"', "back\\slash", "two\nlines", "\x1f"])
def test_both_ways_write_names_that_json_escapes(name: str, output: Output) -> None:
    stream = make_stream()

    stream.write_records(["id", name], [(1, "a"), (2, "b")])
    fast = take(output)
    write_by_sdk(stream, ["id", name], [(1, "a"), (2, "b")])

    assert fast == take(output)


def test_both_ways_write_the_alias(output: Output) -> None:
    stream = make_stream({"stream_maps": {"visits": {"__alias__": "views"}}})

    stream.write_records(FIELDS, ROWS)

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

    stream.write_records(FIELDS, rows)
    fast = take(output)
    write_by_sdk(stream, FIELDS, rows)

    assert fast == take(output)


def test_records_come_in_batches_of_so_many_values() -> None:
    size = BATCH_CELLS // len(FIELDS)
    rows = ((number, *ROWS[0][1:]) for number in range(2 * size + 5))
    wide = [str(number) for number in range(BATCH_CELLS + 1)]

    assert [len(batch) for batch in read_batches(FIELDS, rows)] == [size, size, 5]
    assert [len(batch) for batch in read_batches(wide, [wide, wide])] == [1, 1]


def test_what_was_written_calls_for_a_state(output: Output) -> None:
    stream, untouched = make_stream(), make_stream()

    untouched.write_records(FIELDS, [])
    stream.write_records(FIELDS, ROWS)

    assert (untouched.state_manager.is_flushed, stream.state_manager.is_flushed) == (True, False)
    assert stream.records_read == take(output).count(b"\n") == 3


def make_batches(file_format: str) -> dict[str, Any]:
    """Return settings by which records go out in files."""
    return {"batch_config": {"encoding": {"format": file_format}, "storage": {"root": "any"}}}


@pytest.mark.parametrize(
    ("config", "is_fast"),
    [
        ({}, True),
        ({"stream_maps": {"others": {"id": "id"}}}, True),
        ({"stream_maps": {"visits": {"title": "title"}}}, False),
        ({"stream_maps": {"visits": None}}, False),
        ({"flattening_enabled": True, "flattening_max_depth": 1}, False),
        (make_batches("jsonl"), True),
        (make_batches("parquet"), False),
    ],
)
def test_what_changes_records_is_left_to_the_sdk(config: dict[str, Any], *, is_fast: bool) -> None:
    assert make_stream(config).supports_fast_write() is is_fast


def test_a_field_that_is_not_selected_is_left_to_the_sdk() -> None:
    catalog = VisitTap(config={}).catalog_dict
    for entry in catalog["streams"][0]["metadata"]:
        if list(entry["breadcrumb"]) == ["properties", "title"]:
            entry["metadata"]["selected"] = False

    assert not make_stream(catalog=catalog).supports_fast_write()


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        (VisitStream, "ABORT_AT_RECORD_COUNT", 1),
        (VisitTap, "message_writer_class", SimpleSingerWriter),
    ],
)
def test_a_test_run_and_another_writer_are_left_to_the_sdk(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, value: Any
) -> None:
    monkeypatch.setattr(owner, name, value)

    assert not make_stream().supports_fast_write()
