"""Test a tap in process: run it, read its output, and validate that."""

from __future__ import annotations

import io
import json
import logging
import signal
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click
from jsonschema import Draft7Validator, FormatChecker
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.tap import BaseTap

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
        """Return the replication key value in the last state of a stream, or of its partition.

        It is None where the state does not mention the partition.
        """
        entry = self.state["bookmarks"][stream]
        if context:
            partitions = entry.get("partitions", [])
            entry = next((found for found in partitions if found["context"] == context), {})
        return entry.get("replication_key_value")


@dataclass(frozen=True)
class TapRun:
    """A finished run of a tap.

    Attributes:
        stdout: What it wrote.
        log: What it logged; each message stands behind its level, as in ``WARNING: …``.
        exit_code: What the command line would have ended with.
        error: The last message of the command line, empty if the run succeeded.
    """

    stdout: bytes
    log: str
    exit_code: int
    error: str

    @cached_property
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

    Without a catalog it discovers one. `select` names the only streams that are read, if any. What
    the command line would show as a traceback is raised.
    """
    with _capture_stdout() as stdout, _capture_log() as log, _keep_signal_handlers():
        exit_code, error = 0, ""
        try:
            if select:
                catalog = select_streams(catalog or _discover(tap_class, config), select)
            tap = tap_class(config=_copy(config), catalog=_copy(catalog), state=_copy(state or {}))
            tap.run() if isinstance(tap, BaseTap) else tap.sync_all()
        except ConfigValidationError as invalid:
            exit_code, error = 1, "\n".join(invalid.errors)
        except click.ClickException as failure:
            exit_code, error = failure.exit_code, failure.format_message()
    return TapRun(stdout.getvalue(), log.getvalue(), exit_code, error)


def select_streams(catalog: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return a catalog in which these streams are selected, and no others.

    Raises:
        ValueError: There is no such stream.
    """
    selected: dict[str, Any] = _copy(catalog)
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


def _discover(tap_class: type[Tap], config: Mapping[str, Any]) -> dict[str, Any]:
    tap = tap_class(
        config=_copy(config), validate_config=tap_class.dynamic_catalog, setup_mapper=False
    )
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
def _capture_stdout() -> Iterator[io.BytesIO]:
    """Capture bytes, because writers of Singer messages use the buffer of stdout."""
    captured = io.BytesIO()
    stdout = io.TextIOWrapper(captured, encoding="utf-8", write_through=True)
    try:
        with redirect_stdout(stdout):
            yield captured
    finally:
        stdout.detach()  # else it would close the buffer


@contextmanager
def _capture_log() -> Iterator[io.StringIO]:
    captured = io.StringIO()
    handler = logging.StreamHandler(captured)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
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
def _keep_signal_handlers() -> Iterator[None]:
    """Put back the signal handlers that the SDK replaces, which threads cannot set."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def _copy(value: Any) -> Any:
    """Return a copy as if read from a file, because taps change what they are given."""
    return json.loads(json.dumps(value))
