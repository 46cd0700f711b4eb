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
from tap_goatcounter.streams.hits import Hits
from tap_goatcounter.streams.inventory import Paths, Sites
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
from tap_goatcounter.streams.visitors import PathDaily, PathReferrers, TotalDaily

if TYPE_CHECKING:
    from tap_goatcounter.streams.base import SiteStream

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
