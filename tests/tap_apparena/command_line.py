"""The command line of the tap."""

from __future__ import annotations

from tests.command_line import CommandLine


class Tap(CommandLine):
    """The tap's command line."""

    name = "tap-apparena"
