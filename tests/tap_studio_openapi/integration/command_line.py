"""The command line of the tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tap(CommandLine):
    """The tap's command line."""

    name = "tap-studio-openapi"

    def entries(self, settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the entries of the catalog, by stream."""
        return {entry["tap_stream_id"]: entry for entry in self.discover(settings)["streams"]}
