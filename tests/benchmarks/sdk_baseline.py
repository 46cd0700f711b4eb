"""Run a tap record by record, as the SDK would: by default, or as fast as it can be set.

The first argument is ``default`` or ``lean``, the second is the tap's name.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from singer_sdk import Stream, Tap

from singer_tapkit import BaseStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def build_sdk_command(command: Sequence[str], *, lean: bool = False) -> list[str]:
    """Return the command that does the same as a tap's command, but as the SDK would.

    Args:
        command: The tap's command.
        lean: Whether the SDK writes with msgspec and makes no record fit its schema.
    """
    program, *arguments = command
    name = program.rpartition("/")[2]
    way = "lean" if lean else "default"
    return [sys.executable, "-m", "tests.benchmarks.sdk_baseline", way, name, *arguments]


def main(way: str, name: str) -> None:
    """Run a tap with the arguments of the command line."""
    tap = _find_tap(name)
    BaseStream.supports_fast_write = lambda self: False  # type: ignore[method-assign]  # noqa: ARG005
    if way == "default":
        tap.message_writer_class = Tap.message_writer_class
        for stream in _iterate_subclasses(Stream):  # type: ignore[type-abstract]
            stream.TYPE_CONFORMANCE_LEVEL = Stream.TYPE_CONFORMANCE_LEVEL
    tap.cli()


def _find_tap(name: str) -> type[Tap]:
    """Find the class behind a tap's program, which also brings the classes of its streams."""
    (program,) = entry_points(group="console_scripts", name=name)
    tap: type[Tap] = getattr(import_module(program.module), program.attr.partition(".")[0])
    return tap


def _iterate_subclasses(stream: type[Stream]) -> Iterator[type[Stream]]:
    for kind in stream.__subclasses__():
        yield kind
        yield from _iterate_subclasses(kind)


if __name__ == "__main__":
    main(sys.argv.pop(1), sys.argv.pop(1))
