"""All streams, in the order in which the README lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_goatcounter.streams.breakdowns import (
    Browsers,
    BrowserVersions,
    Campaigns,
    CampaignSources,
    Languages,
    Locations,
    Regions,
    Sizes,
    SizeWidths,
    Systems,
    SystemVersions,
    TopReferrerPaths,
    TopReferrers,
)
from tap_goatcounter.streams.daily import PathDaily, PathReferrers, TotalDaily
from tap_goatcounter.streams.hits import Hits
from tap_goatcounter.streams.json_export import (
    JsonBrowsers,
    JsonBrowserStats,
    JsonHitStats,
    JsonLanguageStats,
    JsonLocationStats,
    JsonPaths,
    JsonRefs,
    JsonSizeStats,
    JsonSystems,
    JsonSystemStats,
)
from tap_goatcounter.streams.paths import Paths
from tap_goatcounter.streams.sites import Sites

if TYPE_CHECKING:
    from tap_goatcounter.streams.base import SiteStream
    from tap_goatcounter.streams.json_export import JsonStream

STREAMS: tuple[type[SiteStream], ...] = (
    Sites,
    Paths,
    Hits,
    TotalDaily,
    PathDaily,
    PathReferrers,
    Browsers,
    Systems,
    Locations,
    Languages,
    Sizes,
    Campaigns,
    TopReferrers,
    BrowserVersions,
    SystemVersions,
    Regions,
    SizeWidths,
    CampaignSources,
    TopReferrerPaths,
)

JSON_STREAMS: tuple[type[JsonStream], ...] = (
    JsonHitStats,
    JsonBrowserStats,
    JsonSystemStats,
    JsonLocationStats,
    JsonSizeStats,
    JsonLanguageStats,
    JsonPaths,
    JsonRefs,
    JsonBrowsers,
    JsonSystems,
)
