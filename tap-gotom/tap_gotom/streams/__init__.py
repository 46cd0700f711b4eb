"""All streams but the reports', in the order in which the README lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_gotom.streams.campaigns import CampaignDiscounts, Campaigns, FlightDiscounts
from tap_gotom.streams.customers import Customers
from tap_gotom.streams.flights import (
    FlightCommissions,
    FlightLineItems,
    Flights,
    FlightSublines,
)
from tap_gotom.streams.lookups import LOOKUPS
from tap_gotom.streams.prices import TarifPrices

if TYPE_CHECKING:
    from tap_gotom.streams.base import GoTomStream

STREAMS: tuple[type[GoTomStream], ...] = (
    *LOOKUPS,
    TarifPrices,
    Customers,
    Campaigns,
    Flights,
    CampaignDiscounts,
    FlightDiscounts,
    FlightCommissions,
    FlightLineItems,
    FlightSublines,
)
