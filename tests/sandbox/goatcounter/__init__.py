"""A server that answers like GoatCounter, in both generations in use."""

from __future__ import annotations

from tests.sandbox.goatcounter import demonstration
from tests.sandbox.goatcounter.goat_counter import GoatCounter
from tests.sandbox.goatcounter.hits import Hit
from tests.sandbox.goatcounter.limits import DEFAULT_LIMITS, UNLIMITED
from tests.sandbox.goatcounter.state import Generation, Site

__all__ = [
    "DEFAULT_LIMITS",
    "UNLIMITED",
    "Generation",
    "GoatCounter",
    "Hit",
    "Site",
    "demonstration",
]
