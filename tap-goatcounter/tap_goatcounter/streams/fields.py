"""Properties that several streams have."""

from __future__ import annotations

from singer_sdk import typing as th

SITE_ID = th.Property(
    "site_id", th.IntegerType, required=True, description="The site's id on its server."
)
DAY = th.Property("day", th.DateType, required=True, description="The day.")
PATH_ID = th.Property(
    "path_id", th.IntegerType, required=True, description="The id of the page or event."
)
COUNT = th.Property("count", th.IntegerType, description="Visitors.")
DAILY = th.Property("daily", th.IntegerType, description="Visitors of the day.")
HOURLY = th.Property(
    "hourly", th.ArrayType(th.IntegerType), description="Visitors of each of the 24 hours."
)
PATH = th.Property("path", th.StringType, description="The page's path, or the event's name.")
TITLE = th.Property("title", th.StringType, description="The page's title.")
EVENT = th.Property("event", th.BooleanType, description="Whether it is an event, not a page.")
REF_SCHEME = th.Property(
    "ref_scheme",
    th.StringType,
    required=True,
    description="h: an address, g: a known group, c: a campaign parameter, o: other or none.",
)
