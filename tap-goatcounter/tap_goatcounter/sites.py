"""The sites that the settings name, and what one must know of a site before reading it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from typing_extensions import override

from tap_goatcounter import server as servers
from tap_goatcounter.addresses import checked
from tap_goatcounter.auth import BearerToken
from tap_goatcounter.errors import AnswerError, SiteError
from tap_goatcounter.settings_schema import invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from tap_goatcounter.server import Server

API_PATH = "/api/v0"
INDIVIDUAL_PAGE_VIEWS = 256
UTC_NAME = ".UTC"
HEADER_SAFE = re.compile(r"[!-~]+")


class Permission(Enum):
    """The permissions of a token that reading needs, by their bit in ``token.permissions``."""

    EXPORT = 4
    SITE_READ = 8
    STATS = 64

    @property
    def label(self) -> str:
        """The name that the server gives it."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True)
class Address:
    """Where a site is reached, and with which token.

    Attributes:
        url: The address without trailing slash, path prefix included, e.g.
            ``https://example.goatcounter.com``.
        token: The API token.
        host: Sent as the header ``Host`` when a site is reached through another one's address.
    """

    url: str
    token: str = field(repr=False)
    host: str | None = None

    @property
    def auth(self) -> BearerToken:
        """How requests to this address authenticate."""
        return BearerToken(self.token)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request; without the content type, errors come as HTML."""
        headers = {"Content-Type": "application/json"}
        return headers if self.host is None else {**headers, "Host": self.host}

    @override
    def __str__(self) -> str:
        """Name the address in logs and errors."""
        return self.url if self.host is None else f"{self.url} (as {self.host})"


@dataclass(frozen=True)
class Site:
    """One site, as its server describes it.

    Attributes:
        id: The site's id on its server.
        address: How to reach it.
        permissions: The token's permissions, a bit mask.
        zone: The time zone of the token's user, in which the server cuts days.
        server: What its server can do.
        record: The site as ``GET /sites`` gives it.
    """

    id: int
    address: Address
    permissions: int
    zone: tzinfo
    server: Server
    record: Mapping[str, Any] = field(repr=False)

    @property
    def stores_page_views(self) -> bool:
        """Whether the site keeps the individual page views that the hit export reads."""
        return bool(self.record["setttings"]["collect"] & INDIVIDUAL_PAGE_VIEWS)

    @property
    def first_hit(self) -> datetime:
        """When counting began, or could have begun."""
        return datetime.fromisoformat(self.record["first_hit_at"] or self.record["created_at"])

    @property
    def offset(self) -> timedelta:
        """The zone's present offset, which the server lays on all history."""
        return datetime.now(self.zone).utcoffset() or timedelta()

    def lacks(self, permissions: Iterable[Permission]) -> list[str]:
        """Name those of `permissions` that the token does not have."""
        return [item.label for item in permissions if not self.permissions & item.value]

    @override
    def __str__(self) -> str:
        """Name the site in logs and errors."""
        return f"site {self.id} at {self.address}"


class Ask(Protocol):
    """Sends a GET request to a site and gives the decoded answer; the API's errors are raised."""

    def __call__(self, address: Address, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Ask `address` for `path`, below the API's own path unless it begins with ``/status``."""


def addresses(config: Mapping[str, Any]) -> list[Address]:
    """Read the addresses from the settings.

    Raises:
        ConfigValidationError: No address, or one that must not be used.
    """
    given = list(config.get("sites") or ())
    if config.get("site_url"):
        given.insert(0, config)
    if not given:
        raise invalid("Set 'site_url' and 'token', or 'sites' for more than one.")
    return [_address(entry, allow_http=config["allow_http"]) for entry in given]


def _address(entry: Mapping[str, Any], *, allow_http: bool) -> Address:
    url = checked(
        entry.get("site_url", ""), "'site_url'", "https://example.com", allow_http=allow_http
    ).removesuffix(API_PATH)
    token = (entry.get("token") or "").strip()
    if not token:
        raise invalid(f"The site {url} has no 'token'.")
    if not HEADER_SAFE.fullmatch(token):
        raise invalid(
            f"The 'token' of the site {url} holds blanks or characters that no token has. Copy it "
            "again from GoatCounter, by itself.",
        )
    return Address(url, token)


def identify(address: Address, ask: Ask, *, with_children: bool) -> list[Site]:
    """Find out which site answers at an address, and what the token may read there.

    Args:
        address: Where to ask.
        ask: Sends a request.
        with_children: Also give the account's other sites, reached through the same address.

    Returns:
        The address's own site first.

    Raises:
        SiteError: The token may not read sites, or its user's time zone is unknown.
    """
    me = _warm_up(address, ask)
    permissions = me["token"]["permissions"]
    if not permissions & Permission.SITE_READ.value:
        raise SiteError(
            f"The token for {address} lacks the permission 'site-read', without which the site's "
            "id cannot be read. Edit the token in GoatCounter under user name → API.",
        )
    version = _version(address, ask)
    server = servers.recognise(version, lambda: _knows_group(address, ask, permissions))
    zone = _zone(me["user"]["settings"].get("timezone") or UTC_NAME, address)
    records = ask(address, "/sites")["sites"]
    return [
        Site(
            record["id"],
            _reached_as(address, record) if position else address,
            permissions,
            zone,
            server,
            record,
        )
        for position, record in enumerate(records if with_children else records[:1])
    ]


def _warm_up(address: Address, ask: Ask) -> Any:
    """Ask who we are, twice if need be.

    Newer servers answer 404 to the first request of a token that was not used for a day, whatever
    it asks for, and the same request again with what was asked.
    """
    try:
        return ask(address, "/me")
    except AnswerError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return ask(address, "/me")


def _version(address: Address, ask: Ask) -> str | None:
    """Read the server's version; proxies and path prefixes may hide it."""
    try:
        return str(ask(address, "/status")["version"])
    except (FatalAPIError, RetriableAPIError, KeyError, TypeError):
        return None


def _knows_group(address: Address, ask: Ask, permissions: int) -> bool | None:
    if not permissions & Permission.STATS.value:
        return None
    try:
        ask(address, "/stats/hits", {"limit": 1, "group": "day"})
    except AnswerError as error:
        if '"group"' not in error.words:
            raise
        return False
    return True


def _zone(name: str, address: Address) -> tzinfo:
    """Read a zone as GoatCounter writes it: country, dot, name, as in ``US.America/New_York``."""
    if name == UTC_NAME:
        return UTC
    try:
        return ZoneInfo(name.partition(".")[2] or name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SiteError(
            f"The token's user at {address} has the time zone {name!r}, which is unknown here. "
            "Set that user's time zone to UTC in GoatCounter.",
        ) from None


def _reached_as(address: Address, record: Mapping[str, Any]) -> Address:
    """Reach a child site through its account's address, by the name that its server knows it by."""
    own_host = urlsplit(address.url).netloc
    return replace(
        address, host=record["cname"] or f"{record['code']}.{own_host.partition('.')[2]}"
    )
