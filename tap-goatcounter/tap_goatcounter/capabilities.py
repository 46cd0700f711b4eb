"""What a server can do, found out without spending the hourly export.

Two generations matter: the releases up to 2.7, and the builds after it, which hosted sites run.
Source: GoatCounter's changelog and the API documentation of both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from singer_tapkit.errors import ApiError, ExtractionError

if TYPE_CHECKING:
    from tap_goatcounter.client import GoatCounterClient
    from tap_goatcounter.config import SiteCredentials

LAST_OLD_RELEASE: Final = (2, 7)
EXPORT_FORMAT_SINCE: Final = date(2026, 4, 25)
HOURLY_LIMIT_SINCE: Final = date(2026, 7, 12)

RELEASE: Final = re.compile(r"v(\d+)\.(\d+)")
BUILD: Final = re.compile(r"[0-9a-f]{12}_(\d{4}-\d{2}-\d{2})")


class _Status(msgspec.Struct):
    """The response of ``GET /status``."""

    version: str


@dataclass(frozen=True)
class Capabilities:
    """What a server can do that an older or newer one cannot.

    Attributes:
        requires_export_format: ``POST /export`` needs the field `format` (and can export JSON)
            instead of refusing it.
        has_hourly_limit: Requests are limited per hour, too.
    """

    requires_export_format: bool
    has_hourly_limit: bool


UP_TO_2_7: Final = Capabilities(requires_export_format=False, has_hourly_limit=False)
AFTER_2_7: Final = Capabilities(requires_export_format=True, has_hourly_limit=True)


def parse_version(version: str) -> Capabilities | None:
    """Return what a server of a version can do.

    Args:
        version: What ``GET /status`` says: a release (``v2.7.0``), a build (twelve hex digits of
            the commit, an underscore, the time), or any text that a packager has chosen.

    Returns:
        None if the text does not show it.
    """
    if release := RELEASE.match(version):
        major, minor = int(release[1]), int(release[2])
        return AFTER_2_7 if (major, minor) > LAST_OLD_RELEASE else UP_TO_2_7
    if build := BUILD.match(version):
        try:
            built = date.fromisoformat(build[1])
        except ValueError:
            return None
        return Capabilities(
            requires_export_format=built >= EXPORT_FORMAT_SINCE,
            has_hourly_limit=built >= HOURLY_LIMIT_SINCE,
        )
    return None


def detect_capabilities(
    client: GoatCounterClient, site: SiteCredentials, *, may_read_stats: bool
) -> Capabilities:
    """Return what the server of a site can do, with no more requests than needed."""
    version = _read_version(client, site)
    if version is not None and (found := parse_version(version)):
        return found
    return AFTER_2_7 if may_read_stats and _knows_group(client, site) else UP_TO_2_7


def _read_version(client: GoatCounterClient, site: SiteCredentials) -> str | None:
    """Return the server's version; proxies and path prefixes may hide it."""
    try:
        return client.decode(client.send_to(site, "GET", "/status"), _Status).version
    except ExtractionError:
        return None


def _knows_group(client: GoatCounterClient, site: SiteCredentials) -> bool:
    """Return whether statistics take the parameter `group`, seven weeks older than `format`."""
    try:
        client.read(site, "/stats/hits", object, {"limit": 1, "group": "day"})
    except ApiError as error:
        if '"group"' not in error.detail:
            raise
        return False
    return True
