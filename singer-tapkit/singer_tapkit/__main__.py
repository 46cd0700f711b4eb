"""Commands for states: `python -m singer_tapkit merge-states` and `split-state`."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
import msgspec
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.state import read_state
from singer_tapkit.state_merge import copy_for_slices, merge_states

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SLICES = 10_000
STATE_FILE = click.File(encoding="utf-8")


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


if __name__ == "__main__":
    main(prog_name="python -m singer_tapkit")
