"""A server that answers like App-Arena's App-Manager, which runs marketing apps."""

from __future__ import annotations

from tests.sandbox.apparena import demonstration, seeds
from tests.sandbox.apparena.app_arena import AppArena, Quirks
from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Data, Owner

__all__ = [
    "APP",
    "TEMPLATE",
    "VERSION",
    "AppArena",
    "Data",
    "Owner",
    "Quirks",
    "demonstration",
    "seeds",
]
