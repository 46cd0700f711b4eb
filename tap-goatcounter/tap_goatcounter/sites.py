"""The sites that can be read, and what one must know of a site before reading it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, ExtractionError, InvalidResponseError
from tap_goatcounter.capabilities import detect_capabilities

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from singer_tapkit.failures import FailureCollector
    from tap_goatcounter.capabilities import Capabilities
    from tap_goatcounter.client import GoatCounterClient
    from tap_goatcounter.config import SiteCredentials

INDIVIDUAL_PAGE_VIEWS: Final = 256
UTC_NAME: Final = ".UTC"


class Permission(Enum):
    """The permissions of a token that reading needs, by their bit in ``token.permissions``."""

    EXPORT = 4
    SITE_READ = 8
    STATS = 64

    @property
    def label(self) -> str:
        """The name that the server gives it."""
        return self.name.lower().replace("_", "-")


class _UserSettings(msgspec.Struct):
    timezone: str | None = None


class _User(msgspec.Struct):
    settings: _UserSettings


class _Token(msgspec.Struct):
    permissions: int


class _Me(msgspec.Struct):
    """The response of ``GET /me``."""

    user: _User
    token: _Token


class _SiteSettings(msgspec.Struct):
    collect: int


class SiteRow(msgspec.Struct):
    """A site, as far as reading depends on it."""

    id: int
    code: str
    cname: str | None
    settings: _SiteSettings = msgspec.field(name="setttings")
    first_hit_at: datetime | None
    created_at: datetime


class SitesPage(msgspec.Struct):
    """The response of ``GET /sites``."""

    sites: list[SiteRow]


@dataclass(frozen=True)
class Site:
    """One site, as its server describes it.

    Attributes:
        id: The site's id on its server.
        code: The site's code on its server.
        credentials: How to reach it.
        permissions: The token's permissions, a bit mask.
        timezone: The time zone of the token's user, in which the server cuts days.
        capabilities: What its server can do.
        clock_offset: By how much the server's clock is ahead of the one here.
        stores_page_views: Whether it keeps the page views that the hit export reads.
        created_at: When the site was created.
        first_hit: When counting began, or could have begun.
    """

    id: int
    code: str
    credentials: SiteCredentials
    permissions: int
    timezone: tzinfo
    capabilities: Capabilities
    clock_offset: timedelta
    stores_page_views: bool
    created_at: datetime
    first_hit: datetime

    @property
    def now(self) -> datetime:
        """The time by the server's clock."""
        return datetime.now(UTC) + self.clock_offset

    @property
    def utc_offset(self) -> timedelta:
        """The time zone's present offset, which the server lays on all history."""
        return self.now.astimezone(self.timezone).utcoffset() or timedelta()

    def missing_permissions(self, permissions: Iterable[Permission]) -> list[str]:
        """Return the names of those permissions that the token does not have."""
        return [item.label for item in permissions if not self.permissions & item.value]

    @override
    def __str__(self) -> str:
        """Return what logs and errors call it."""
        return f"site {self.id} at {self.credentials}"


class SiteDirectory:
    """The sites in the settings, looked up when they are first needed.

    What keeps a site from being read is a failure of the run, and leaves the others alone.
    """

    def __init__(
        self,
        connect: Callable[[], GoatCounterClient],
        *,
        with_children: bool,
        failures: FailureCollector,
        logger: logging.Logger,
    ) -> None:
        """Look nothing up yet; `connect` opens the client."""
        self._connect = connect
        self._with_children = with_children
        self._failures = failures
        self._logger = logger

    @cached_property
    def client(self) -> GoatCounterClient:
        """What sends requests to the sites."""
        return self._connect()

    @cached_property
    def by_id(self) -> dict[int, Site]:
        """The sites that can be read, by id."""
        sites: dict[int, Site] = {}
        for credentials in self.client.credentials:
            try:
                found = discover_sites(self.client, credentials, with_children=self._with_children)
            except ExtractionError as error:
                self._failures.record(credentials, error)
                continue
            self._apply_server(found[0])
            for site in found:
                self._add(site, sites)
        return sites

    def _apply_server(self, site: Site) -> None:
        if site.capabilities.has_hourly_limit:
            self.client.expect_hourly_limit()
        if site.timezone is not UTC:
            self._logger.warning(
                "The days of total_daily and path_daily are those of %s for %s, as that is the "
                "time zone of the token's user; those of all other streams are UTC's. Make the "
                "token with a user whose time zone is UTC to have the same days everywhere.",
                site.timezone,
                site.credentials,
            )

    def _add(self, site: Site, sites: dict[int, Site]) -> None:
        """Add a site, unless another one has the same id."""
        known = sites.setdefault(site.id, site)
        if known is site:
            return
        if (known.code, known.created_at) == (site.code, site.created_at):
            self._logger.warning("%s is the same as %s, and is read once.", site, known)
        else:
            self._failures.record(
                site,
                f"it has the same id as {known.credentials}, on another server. Records of "
                "the two could not be distinguished: run the tap for each server by itself.",
            )


def discover_sites(
    client: GoatCounterClient, credentials: SiteCredentials, *, with_children: bool
) -> list[Site]:
    """Return the site that answers at an address, first, and with children those of its account.

    Raises:
        ExtractionError: The token may not read sites, its user's time zone is unknown, or the
            server does not answer.
    """
    me = _warm_up(client, credentials)
    permissions = me.token.permissions
    if not permissions & Permission.SITE_READ.value:
        raise ExtractionError(
            f"The token for {credentials} lacks the permission 'site-read', without which the "
            "site's id cannot be read. Edit the token in GoatCounter under user name → API."
        )
    may_read_stats = bool(permissions & Permission.STATS.value)
    capabilities = detect_capabilities(client, credentials, may_read_stats=may_read_stats)
    now = datetime.now(UTC)
    rows = client.read(credentials, "/sites", SitesPage).sites
    if not rows:
        raise InvalidResponseError("GET /sites answered without any site.")
    offset = client.server_time(now, base_url=credentials.url) - now
    timezone = _parse_timezone(me.user.settings.timezone or UTC_NAME, credentials)
    return [
        Site(
            id=row.id,
            code=row.code,
            credentials=_credentials_of(row, credentials) if row is not rows[0] else credentials,
            permissions=permissions,
            timezone=timezone,
            capabilities=capabilities,
            clock_offset=offset,
            stores_page_views=bool(row.settings.collect & INDIVIDUAL_PAGE_VIEWS),
            created_at=row.created_at,
            first_hit=row.first_hit_at or row.created_at,
        )
        for row in (rows if with_children else rows[:1])
    ]


def _credentials_of(row: SiteRow, own: SiteCredentials) -> SiteCredentials:
    """Return how to reach a child site through its account's address.

    Its server knows it by the name of its host.
    """
    domain = urlsplit(own.url).netloc.partition(".")[2]
    return replace(own, host=row.cname or f"{row.code}.{domain}")


def _warm_up(client: GoatCounterClient, credentials: SiteCredentials) -> _Me:
    """Return whose token it is, requested twice if need be.

    Newer servers answer 404 to the first request of a token that was not used for a day, whatever
    it asks for, and the same request again with what was asked.
    """
    try:
        return client.read(credentials, "/me", _Me)
    except ApiError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return client.read(credentials, "/me", _Me)


def _parse_timezone(name: str, credentials: SiteCredentials) -> tzinfo:
    """Return a zone by GoatCounter's name: country, dot, name, as in ``US.America/New_York``."""
    if name == UTC_NAME:
        return UTC
    try:
        return ZoneInfo(name.partition(".")[2] or name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ExtractionError(
            f"The token's user at {credentials} has the time zone {name!r}, which is unknown here. "
            "Set that user's time zone to UTC in GoatCounter."
        ) from None
