"""All streams, in the order in which the README lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_goatcounter.streams.breakdowns import build_breakdowns
from tap_goatcounter.streams.daily import PathDaily, PathReferrers, TotalDaily
from tap_goatcounter.streams.hits import Hits
from tap_goatcounter.streams.inventory import Paths, Sites
from tap_goatcounter.streams.json_export import build_json_streams

if TYPE_CHECKING:
    from singer_sdk import Tap

    from tap_goatcounter.streams.base import SiteStream


def build_streams(tap: Tap, **shared: Any) -> list[SiteStream]:
    """Return a tap's streams, made with what they share."""
    return [
        Sites(tap, **shared),
        Paths(tap, **shared),
        Hits(tap, **shared),
        TotalDaily(tap, **shared),
        PathDaily(tap, **shared),
        PathReferrers(tap, **shared),
        *build_breakdowns(tap, **shared),
        *build_json_streams(tap, **shared),
    ]
