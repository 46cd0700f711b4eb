"""Run a tap by its command line and read what it says, as a target would."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator, FormatChecker

from tests.processes import run_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

@dataclass
class Output:
    """What a tap has written to stdout, told apart by kind.

    Attributes:
        schemas: The last SCHEMA message of each stream.
        records: The records of each stream, in order.
        states: The values of all STATE messages, in order.
    """

    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    states: list[dict[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> dict[str, Any]:
        """The last state, empty if there is none."""
        return self.states[-1] if self.states else {}

    def bookmark(self, stream: str, **context: object) -> Any:
        """The last bookmark of a stream's partition."""
        partitions = self.state["bookmarks"][stream]["partitions"]
        entry = next(entry for entry in partitions if entry["context"] == context)
        return entry.get("replication_key_value")


@dataclass
class Run:
    """A finished run of a tap.

    Attributes:
        output: What it wrote.
        log: Its stderr.
        status: Its exit status.
    """

    output: Output
    log: str
    status: int

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """The records of each stream."""
        return self.output.records


def run_tap(
    name: str,
    config: Mapping[str, Any],
    directory: Path,
    *,
    select: Iterable[str] = (),
    state: Mapping[str, Any] | None = None,
    arguments: Iterable[str] = (),
) -> Run:
    """Run a tap to its end.

    Args:
        name: The package's name, e.g. ``tap-goatcounter``.
        config: Its settings.
        directory: Where config, catalog and state may be written.
        select: The streams to select; none for the default selection.
        state: The state to start from.
        arguments: Further arguments.

    Returns:
        The run, every record of which fits the schema that came before it.
    """
    command = command_of(name, config, directory, select=select, state=state)
    finished = run_program([*command, *arguments])
    return Run(read_output(lines_of(finished.stdout)), finished.stderr, finished.returncode)


def command_of(
    name: str,
    config: Mapping[str, Any],
    directory: Path,
    *,
    select: Iterable[str] = (),
    state: Mapping[str, Any] | None = None,
) -> list[str]:
    """Write the files that a run needs, and give its command."""
    command = [program(name), "--config", _written(directory / "config.json", config)]
    if selected := set(select):
        command += ["--catalog", _written(directory / "catalog.json", catalog(name, selected))]
    if state is not None:
        command += ["--state", _written(directory / "state.json", state)]
    return command


def catalog(name: str, selected: set[str]) -> dict[str, Any]:
    """Give a tap's catalog with just these streams selected."""
    discovered: dict[str, Any] = json.loads(_discovered(name))
    names = {stream["tap_stream_id"] for stream in discovered["streams"]}
    if not selected <= names:
        raise ValueError(f"no such streams: {selected - names}")
    for stream in discovered["streams"]:
        root = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        root["metadata"]["selected"] = stream["tap_stream_id"] in selected
    return discovered


def program(name: str) -> str:
    """Find a tap's program beside the running Python."""
    return str(Path(sys.executable).with_name(name))


def read_output(lines: Iterable[str]) -> Output:
    """Read the messages of a tap, checking each record against its schema.

    Raises:
        AssertionError: A record came before its schema, does not fit it, or has a null in its key.
    """
    output = Output()
    validators: dict[str, Draft7Validator] = {}
    for message in _messages(lines):
        match message["type"]:
            case "SCHEMA":
                output.schemas[message["stream"]] = message
                validators[message["stream"]] = Draft7Validator(
                    message["schema"], format_checker=FormatChecker()
                )
                output.records.setdefault(message["stream"], [])
            case "RECORD":
                _check(message, output.schemas, validators)
                output.records[message["stream"]].append(message["record"])
            case "STATE":
                output.states.append(message["value"])
    return output


def lines_of(text: str) -> list[str]:
    """Split where targets do: at line feeds alone, as JSON may hold other line separators."""
    return text.removesuffix("\n").split("\n") if text else []


def keys_of(output: Output, stream: str) -> list[tuple[Any, ...]]:
    """Give the primary keys of all records of a stream, in order."""
    names = output.schemas[stream]["key_properties"]
    return [tuple(record[name] for name in names) for record in output.records[stream]]


def _messages(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in lines)


def _check(
    message: dict[str, Any],
    schemas: Mapping[str, dict[str, Any]],
    validators: Mapping[str, Draft7Validator],
) -> None:
    stream, record = message["stream"], message["record"]
    assert stream in schemas, f"a record of {stream} came before its schema"
    validators[stream].validate(record)
    unknown = record.keys() - schemas[stream]["schema"]["properties"].keys()
    assert not unknown, f"{stream} has fields without a schema: {unknown}"
    assert all(record[name] is not None for name in schemas[stream]["key_properties"])


def _written(path: Path, content: Mapping[str, Any]) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return os.fspath(path)


@cache
def _discovered(name: str) -> str:
    return run_program([program(name), "--discover"]).stdout
