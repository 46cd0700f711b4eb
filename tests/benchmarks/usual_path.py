"""Run a tap as the SDK would by default: its own writer, its own conformance, record by record.

The first argument is the tap's name.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from singer_sdk import Stream, Tap

from tap_goatcounter.client import GoatCounterClient
from tap_goatcounter.tap import TapGoatCounter
from tap_gotom.client import GoTomClient
from tap_gotom.tap import TapGoTom

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TAPS: Mapping[str, tuple[type[Tap], type[Stream]]] = {
    "tap-goatcounter": (TapGoatCounter, GoatCounterClient),
    "tap-gotom": (TapGoTom, GoTomClient),
}


def on_the_usual_path(command: Sequence[str]) -> list[str]:
    """Give the command that does the same as a tap's command, but as the SDK would."""
    program, *arguments = command
    name = program.rpartition("/")[2]
    return [sys.executable, "-m", "tests.benchmarks.usual_path", name, *arguments]


def main(name: str) -> None:
    """Run a tap with the arguments of the command line."""
    tap, client = TAPS[name]
    tap.message_writer_class = Tap.message_writer_class
    client.TYPE_CONFORMANCE_LEVEL = Stream.TYPE_CONFORMANCE_LEVEL
    tap.cli()


if __name__ == "__main__":
    main(sys.argv.pop(1))
