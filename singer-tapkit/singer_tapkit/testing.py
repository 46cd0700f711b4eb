"""Test a tap in process: run it, read and validate its output, and fake its server."""

from __future__ import annotations

import gzip
import io
import json
import logging
import signal
import socket
import struct
import time
from collections import defaultdict, deque
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import click
from jsonschema import Draft7Validator, FormatChecker
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from singer_sdk import Tap


@dataclass
class SingerOutput:
    """The Singer messages of a tap.

    Attributes:
        messages: All messages, in order.
        schemas: The last SCHEMA message of each stream.
        records: The records of each stream, in order.
        states: The values of all STATE messages, in order.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    states: list[dict[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> dict[str, Any]:
        """The last state, empty if there is none."""
        return self.states[-1] if self.states else {}

    @property
    def activated_versions(self) -> list[int]:
        """The versions of all ACTIVATE_VERSION messages, in order."""
        return [
            message["version"] for message in self.messages if message["type"] == "ACTIVATE_VERSION"
        ]

    def message_types(self, stream: str) -> list[str]:
        """Return the types of the messages about a stream, in order."""
        return [message["type"] for message in self.messages if message.get("stream") == stream]

    def keys(self, stream: str) -> list[tuple[Any, ...]]:
        """Return the primary keys of all records of a stream, in order."""
        names = self.schemas[stream]["key_properties"]
        return [tuple(record[name] for name in names) for record in self.records[stream]]

    def bookmark(self, stream: str, **context: object) -> Any:
        """Return the replication key value in the last state of a stream, or of its partition."""
        entry = self.state["bookmarks"][stream]
        if context:
            partitions = entry["partitions"]
            entry = next(found for found in partitions if found["context"] == context)
        return entry.get("replication_key_value")


@dataclass(frozen=True)
class TapRun:
    """A finished run of a tap.

    Attributes:
        stdout: What it wrote.
        log: The messages of its log, a line each.
        exit_code: What the command line would have ended with.
        error: What the command line would have said last, empty if the run succeeded.
    """

    stdout: bytes
    log: str
    exit_code: int
    error: str

    @property
    def output(self) -> SingerOutput:
        """What it wrote, validated."""
        return read_messages(self.stdout.splitlines())

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """The records of each stream."""
        return self.output.records

    @property
    def state(self) -> dict[str, Any]:
        """The last state."""
        return self.output.state


def run_tap(
    tap_class: type[Tap],
    config: Mapping[str, Any],
    *,
    state: Mapping[str, Any] | None = None,
    catalog: Mapping[str, Any] | None = None,
    select: Sequence[str] = (),
) -> TapRun:
    """Run a tap in this process, as its command line would.

    Args:
        tap_class: The tap.
        config: Its settings.
        state: The state to start from.
        catalog: The catalog, None for the one that the tap discovers.
        select: The streams to select, empty for what the catalog selects.

    Returns:
        The run. What the command line would show as a traceback is raised.
    """
    with _captured_stdout() as stdout, _captured_log() as log, _kept_signal_handlers():
        exit_code, error = 0, ""
        try:
            if select:
                catalog = select_streams(catalog or _discover(tap_class, config), select)
            tap_class(
                config=_copied(config), catalog=_copied(catalog), state=_copied(state or {})
            ).sync_all()
        except ConfigValidationError as invalid:
            exit_code, error = 1, "\n".join(invalid.errors)
        except click.ClickException as failure:
            exit_code, error = failure.exit_code, failure.message
    return TapRun(stdout.getvalue(), log.getvalue(), exit_code, error)


def select_streams(catalog: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return a catalog in which these streams are selected, and no others.

    Raises:
        ValueError: There is no such stream.
    """
    selected: dict[str, Any] = _copied(catalog)
    unknown = set(names) - {stream["tap_stream_id"] for stream in selected["streams"]}
    if unknown:
        raise ValueError(f"no such streams: {', '.join(sorted(unknown))}")
    for stream in selected["streams"]:
        root = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        root["metadata"]["selected"] = stream["tap_stream_id"] in names
    return selected


def read_messages(lines: Iterable[str | bytes]) -> SingerOutput:
    """Read the messages of a tap, and check each record against the schema before it.

    Raises:
        AssertionError: A record comes before its schema, does not fit it, has a field that the
            schema lacks, or a null in its primary key.
    """
    output = SingerOutput()
    validators: dict[str, Draft7Validator] = {}
    for line in lines:
        message = json.loads(line)
        output.messages.append(message)
        match message["type"]:
            case "SCHEMA":
                stream = message["stream"]
                output.schemas[stream] = message
                validators[stream] = Draft7Validator(
                    message["schema"], format_checker=FormatChecker()
                )
                output.records.setdefault(stream, [])
            case "RECORD":
                _check_record(message, output.schemas, validators)
                output.records[message["stream"]].append(message["record"])
            case "STATE":
                output.states.append(message["value"])
    return output


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a fake server answers, or does instead.

    Attributes:
        status: The HTTP status.
        json: The body as a value; without it, `body` is sent.
        body: The body as it is.
        headers: Headers besides Content-Type and Content-Length.
        delay: Seconds before the answer.
        reset: Whether the connection is reset in place of an answer.
        close_after: How many bytes of the body are sent before the connection is closed.
        gzip: Whether the body is compressed.
        gzip_cut: How many bytes the compressed body lacks at its end.
    """

    status: int = 200
    json: Any = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    reset: bool = False
    close_after: int | None = None
    gzip: bool = False
    gzip_cut: int = 0

    def encode_body(self) -> bytes:
        """Return the body as it goes over the wire."""
        body = self.body if self.json is None else json.dumps(self.json).encode()
        if not self.gzip:
            return body
        compressed = gzip.compress(body)
        return compressed[: len(compressed) - self.gzip_cut]


@dataclass(frozen=True)
class ReceivedRequest:
    """A request that a fake server has received.

    Attributes:
        method: The HTTP method.
        path: The path without the query.
        query: The values of each query parameter, blank ones included.
        headers: The headers; names are in lower case.
        body: The body.
        time: When it was received, on the monotonic clock.
    """

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    time: float


class FakeServer:
    """A small HTTP server on a real socket that gives scripted answers.

    It serves while its block lasts. A path that has no answers is answered with 404.

    Attributes:
        requests: All requests so far, in order.
    """

    def __init__(self) -> None:
        """Take a free port."""
        self.requests: list[ReceivedRequest] = []
        self._answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def respond(self, path: str, *answers: Answer) -> None:
        """Set the answers of a path: one for each request; the last one for all that follow."""
        with self._lock:
            self._answers[path] = deque(answers)

    def received(self, path: str) -> list[ReceivedRequest]:
        """Return the requests to a path so far, in order."""
        with self._lock:
            return [request for request in self.requests if request.path == path]

    def take_answer(self, request: ReceivedRequest) -> Answer:
        """Record a request, and return the answer to it."""
        with self._lock:
            self.requests.append(request)
            answers = self._answers[request.path]
            if not answers:
                return Answer(status=404, json={"error": f"no answer to {request.path}"})
            return answers.popleft() if len(answers) > 1 else answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    fake: FakeServer

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that have gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        answer = self.server.fake.take_answer(self._read_request())
        time.sleep(answer.delay)
        if answer.reset:
            self._reset()
        else:
            self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""

    def _read_request(self) -> ReceivedRequest:
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return ReceivedRequest(
            method=self.command,
            path=target.path,
            query=parse_qs(target.query, keep_blank_values=True),
            headers=headers,
            body=self.rfile.read(int(headers.get("content-length", 0))),
            time=time.monotonic(),
        )

    def _send(self, answer: Answer) -> None:
        body = answer.encode_body()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        if answer.gzip:
            headers["Content-Encoding"] = "gzip"
        for name, value in {**headers, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: answer.close_after])
        self.close_connection |= answer.close_after is not None

    def _reset(self) -> None:
        """Close the connection so that the client sees a reset, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _discover(tap_class: type[Tap], config: Mapping[str, Any]) -> dict[str, Any]:
    tap = tap_class(config=_copied(config), validate_config=tap_class.dynamic_catalog)
    return tap.catalog_dict


def _check_record(
    message: Mapping[str, Any],
    schemas: Mapping[str, Mapping[str, Any]],
    validators: Mapping[str, Draft7Validator],
) -> None:
    stream, record = message["stream"], message["record"]
    if stream not in schemas:
        raise AssertionError(f"a record of {stream} comes before its schema")
    errors = [error.message for error in validators[stream].iter_errors(record)]
    unknown = record.keys() - schemas[stream]["schema"]["properties"].keys()
    errors += [f"{name!r} is not in the schema" for name in sorted(unknown)]
    nulls = [name for name in schemas[stream]["key_properties"] if record.get(name) is None]
    errors += [f"{name!r} is null in the primary key" for name in nulls]
    if errors:
        raise AssertionError(f"a record of {stream} does not fit: {'; '.join(errors)}")


@contextmanager
def _captured_stdout() -> Iterator[io.BytesIO]:
    """Capture bytes, because writers of Singer messages use the buffer of stdout."""
    captured = io.BytesIO()
    with io.TextIOWrapper(captured, encoding="utf-8", write_through=True) as stdout:
        with redirect_stdout(stdout):
            yield captured
        stdout.detach()


@contextmanager
def _captured_log() -> Iterator[io.StringIO]:
    captured = io.StringIO()
    handler = logging.StreamHandler(captured)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield captured
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


@contextmanager
def _kept_signal_handlers() -> Iterator[None]:
    """Put back the signal handlers that the SDK replaces, which threads cannot set."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def _copied(value: Any) -> Any:
    """Return a copy as if read from a file, because taps change what they are given."""
    return json.loads(json.dumps(value))
