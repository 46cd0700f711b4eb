"""The two server generations in use and how they differ."""

from __future__ import annotations

import enum


class Generation(enum.Enum):
    """Which server the sandbox plays.

    ``V2_7`` is the release v2.7.0 of December 2025, which most people host themselves; ``MAIN`` is
    the development branch as of August 2026, which the hosted service follows.
    """

    V2_7 = "v2.7.0"
    MAIN = "main"

    @property
    def default_version(self) -> str:
        """The version that an official build names."""
        return "v2.7.0" if self is Generation.V2_7 else "c957f51c60d2_2026-08-21T10:31:05Z"

    @property
    def go_version(self) -> str:
        """The compiler such a build was made with."""
        return "go1.26.4" if self is Generation.V2_7 else "go1.27.3"

    @property
    def knows_export_format(self) -> bool:
        """Whether an export has a format, which must then be given, and JSON is one of them."""
        return self is Generation.MAIN

    @property
    def knows_group(self) -> bool:
        """Whether statistics can be grouped and carry weekly and monthly sums."""
        return self is Generation.MAIN

    @property
    def knows_hit_language(self) -> bool:
        """Whether a hit sent to ``/count`` may say its language."""
        return self is Generation.MAIN

    @property
    def has_hourly_limit(self) -> bool:
        """Whether the second limit of requests per hour exists."""
        return self is Generation.MAIN

    @property
    def first_use_fails(self) -> bool:
        """Whether a token unused for a day is answered 404 once."""
        return self is Generation.MAIN

    @property
    def sorts_paths_by_text(self) -> bool:
        """Whether ``/paths`` is sorted by text although its cursor is an id."""
        return self is Generation.MAIN

    @property
    def lists_whole_local_days(self) -> bool:
        """Whether a window shifted to another time zone keeps its partial days.

        The older server works on whole UTC days and drops the one that the shift has torn.
        """
        return self is Generation.MAIN
