"""States of several runs made into one: by stream and partition, the larger bookmark wins.

It serves to read in slices what was read in one run, or in other slices, or in one run again. Each
slice begins with a copy of the whole state and moves the bookmarks of its own partitions alone, so
that the larger bookmark of a partition is the newer one.

What else stands beside a bookmark, such as the export after which it was set, goes with it. Where
bookmarks are the same, or there are none, only what all states say is kept. So a checkpoint carries
over if one state alone knows the partition, or the one with the largest bookmark; otherwise the
read that was interrupted starts at its beginning.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click
import msgspec
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._state import PROGRESS_MARKERS

from singer_tapkit import checkpoint
from singer_tapkit.command_line import read_state
from singer_tapkit.config import config_error
from singer_tapkit.run_state import compact_state, make_partition_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


KEY: Final = "replication_key"
VALUE: Final = "replication_key_value"

Entry = dict[str, Any]

MAX_SLICES = 10_000
STATE_FILE = click.File(encoding="utf-8")


def merge_states(states: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the state of all runs together; the order of the states does not matter.

    Raises:
        ConfigValidationError: Two bookmarks cannot be compared.
    """
    entries: dict[str, dict[bytes, Entry]] = {}
    for state in states:
        for stream, stream_state in state["bookmarks"].items():
            known = entries.setdefault(stream, {})
            for key, entry in _split_into_entries(stream_state):
                known[key] = _merge_entries(stream, known[key], entry) if key in known else entry
    bookmarks = {stream: _join_entries(found) for stream, found in entries.items()}
    return compact_state({"bookmarks": bookmarks})


def copy_for_slices(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each of several slices begins with: a state without its checkpoints.

    In the slices that do not read its partition, a checkpoint would outlive the read that it is of.
    """
    copied = merge_states([state])
    for stream_state in copied["bookmarks"].values():
        for entry in (stream_state, *stream_state.get("partitions", ())):
            checkpoint.clear(entry)
    return compact_state(copied)


def _split_into_entries(stream_state: Mapping[str, Any]) -> Iterable[tuple[bytes, Entry]]:
    """Yield the entry of the stream itself under an empty key, then those of its partitions."""
    yield b"", _drop(("partitions", PROGRESS_MARKERS), stream_state)
    for partition in stream_state.get("partitions", ()):
        yield make_partition_key(partition["context"]), _drop((PROGRESS_MARKERS,), partition)


def _join_entries(entries: Mapping[bytes, Entry]) -> Entry:
    return {**entries[b""], "partitions": [entries[key] for key in sorted(entries) if key]}


def _drop(names: Iterable[str], entry: Mapping[str, Any]) -> Entry:
    return {key: value for key, value in entry.items() if key not in names}


def _merge_entries(stream: str, one: Entry, other: Entry) -> Entry:
    """Return the entry with the larger bookmark, or what both say if neither has one."""
    if one.get(VALUE) is None or other.get(VALUE) is None:
        order = (one.get(VALUE) is not None) - (other.get(VALUE) is not None)
    else:
        order = _compare(stream, one, other)
    if order:
        return one if order > 0 else other
    common = {key: value for key, value in one.items() if key in other and other[key] == value}
    if one.get(VALUE) is not None:
        common[VALUE] = min(one[VALUE], other[VALUE])
    return common


def _compare(stream: str, one: Entry, other: Entry) -> int:
    """Return which bookmark is larger: 1 for the one, -1 for the other, 0 for neither."""
    if one.get(KEY) != other.get(KEY):
        raise _conflict(stream, one, "their bookmarks are of different fields")
    values = (one[VALUE], other[VALUE])
    match values:
        case (bool(), _) | (_, bool()):
            raise _conflict(stream, one, "a bookmark is neither a number nor a text")
        case (int() | float() as left, int() | float() as right):
            return (left > right) - (left < right)
        case (str() as left, str() as right):
            return _compare_texts(stream, one, left, right)
        case _:
            raise _conflict(stream, one, "their bookmarks are of different types")


def _compare_texts(stream: str, entry: Entry, left: str, right: str) -> int:
    """Return which text is larger: as a time if both are one, else as they sort."""
    moments = _parse_moment(left), _parse_moment(right)
    if moments[0] is not None and moments[1] is not None:
        return (moments[0] > moments[1]) - (moments[0] < moments[1])
    if len(left) != len(right) or moments != (None, None):
        raise _conflict(stream, entry, "their bookmarks are texts of different forms")
    return (left > right) - (left < right)


def _parse_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _conflict(stream: str, entry: Entry, problem: str) -> ConfigValidationError:
    place = f"the stream {stream!r}"
    if "context" in entry:
        place = f"the partition {entry['context']} of {place}"
    return config_error(
        f"The states cannot be merged for {place}, as {problem}. Remove the one that is wrong."
    )


@click.group()
def main() -> None:
    """Merge and split the states of taps that read in slices."""


@main.command("merge-states")
@click.argument("states", type=STATE_FILE, nargs=-1, required=True)
def write_merged_state(states: tuple[IO[str], ...]) -> None:
    """Print the state of several runs together.

    Each of STATES is a file, or - for the standard input: a state, a STATE message, or what
    `meltano state get` prints. What is printed is what `meltano state set` takes, and `--state`.
    """
    with _report_errors():
        click.echo(_encode(merge_states([read_state(file) for file in states])))


@main.command("split-state")
@click.argument("state", type=STATE_FILE)
@click.option("--slices", type=click.IntRange(1, MAX_SLICES), required=True, help="How many.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where to."
)
def write_slices(state: IO[str], slices: int, folder: Path) -> None:
    """Write the state that each slice begins with, as 1-of-8.json, 2-of-8.json and so on.

    STATE is a file, or - for the standard input.
    """
    with _report_errors():
        content = _encode(copy_for_slices(read_state(state)))
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, slices + 1):
            path = folder / f"{number}-of-{slices}.json"
            path.write_text(f"{content}\n", encoding="utf-8")


def _encode(state: dict[str, Any]) -> str:
    return msgspec.json.encode({"singer_state": state}).decode()


@contextmanager
def _report_errors() -> Iterator[None]:
    try:
        yield
    except ConfigValidationError as error:
        raise click.ClickException("\n".join(error.errors)) from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
