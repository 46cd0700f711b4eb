"""What the harness needs to know of a server that a tap reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from tests.sandbox.sandbox import Sandbox

PERSON = "Quidam"
"""What texts begin with that no log may have, as they are about people."""

Row: TypeAlias = "dict[str, Any]"
"""The values of some columns by name; all rows of a table name the same columns."""

Tables: TypeAlias = "Mapping[str, Sequence[Row]]"
"""The rows of each table."""

Serve: TypeAlias = "Callable[[random.Random], AbstractContextManager[Source]]"
"""Serves a source, the data of which follow from the numbers drawn."""


class Source(Protocol):
    """A server with data on it, enough for a run to pass several states."""

    settings: Mapping[str, Any]
    """The tap's settings, without retries, as a server that is gone stays away."""

    @property
    def streams(self) -> Sequence[str]:
        """The streams to read; none stands for those that are selected by default."""

    @property
    def secrets(self) -> Sequence[str]:
        """The texts among the settings that nobody may see."""

    @property
    def sandbox(self) -> Sandbox:
        """The server."""

    @property
    def runs_until_equal(self) -> int:
        """How many runs that nobody disturbs it takes to bring everything.

        More than one if the first of them finishes what a killed one began, and leaves what is new
        since then to the next.
        """

    def change(self, chance: random.Random) -> None:
        """Add and change data, all of which the tap promises to see."""

    def list_rows(self) -> Tables:
        """Return what a warehouse ought to hold now, by the server's data and not by the tap.

        Values are as PostgreSQL gives them: dates, moments, decimals, whole numbers, booleans,
        text, and lists or objects of these. Keys that the tap makes up are left out, so that a row
        that comes twice under two keys is one too many.
        """
