"""What a server can do, found out without spending the hourly export.

Two generations matter: the releases up to 2.7, and the builds after it, which hosted sites run.
Source: GoatCounter's changelog and the API documentation of both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LAST_OLD_RELEASE: Final = (2, 7)
EXPORT_FORMAT_SINCE: Final = date(2026, 4, 25)
HOURLY_LIMIT_SINCE: Final = date(2026, 7, 12)

RELEASE: Final = re.compile(r"v(\d+)\.(\d+)")
BUILD: Final = re.compile(r"[0-9a-f]{12}_(\d{4}-\d{2}-\d{2})")


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


def detect_capabilities(version: str | None, knows_group: Callable[[], bool]) -> Capabilities:
    """Return what a server can do, with no more requests than needed.

    Args:
        version: What ``GET /status`` says, None if it is out of reach.
        knows_group: Asks whether ``GET /stats/hits`` takes the parameter `group`, which came
            seven weeks before `format`; False if the token may not ask.
    """
    if version is not None and (found := parse_version(version)):
        return found
    return AFTER_2_7 if knows_group() else UP_TO_2_7
