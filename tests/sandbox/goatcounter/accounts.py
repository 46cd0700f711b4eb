"""Sites, users and tokens."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.sandbox.goatcounter.generation import Generation
from tests.sandbox.goatcounter.timestamps import format_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ALL_SITES = -1
"""In a token's list of sites: every site of the account."""

IDLE_AFTER = timedelta(hours=24)
"""How long a token can rest before the newer server has to refresh it."""


class Collect(enum.IntFlag):
    """What a site keeps of a hit."""

    NOTHING = 1
    REFERRER = 2
    USER_AGENT = 4
    SCREEN_SIZE = 8
    LOCATION = 16
    REGION = 32
    LANGUAGE = 64
    SESSIONS = 128
    HITS = 256
    """Individual page views: the rows of the CSV export."""


class Permission(enum.IntFlag):
    """What a token may do; names as error texts have them."""

    NONE = 0
    COUNT = 2
    EXPORT = 4
    SITE_READ = 8
    STATS = 64

    @property
    def text(self) -> str:
        """The name in error texts."""
        return (self.name or "").lower().replace("_", "-")


@dataclass
class Site:
    """One site, found by the ``Host`` header."""

    id: int
    cname: str
    code: str
    parent: int | None
    collect: int
    collect_regions: str
    created_at: datetime
    first_hit_at: datetime
    received_data: bool = False

    @property
    def account(self) -> int:
        """The main site of the account."""
        return self.id if self.parent is None else self.parent

    def collects(self, what: Collect) -> bool:
        """Return whether the site keeps something."""
        return bool(self.collect & what)

    def keeps_region_of(self, country: str) -> bool:
        """Return whether the region of a country's visitors is kept."""
        return self.collects(Collect.REGION) and country in self.collect_regions.split(",")

    def to_json(self, generation: Generation) -> dict[str, object]:
        """Return the site as the API shows it."""
        return {
            "id": self.id,
            "parent": self.parent,
            "cname": self.cname,
            "cname_setup_at": format_seconds(self.created_at),
            "code": self.code,
            "link_domain": "",
            "setttings": {
                "public": "private",
                "secret": "",
                "allow_counter": False,
                "allow_bosmang": False,
                "data_retention": 0,
                "ignore_ips": "",
                "collect": self.collect,
                "collect_regions": self.collect_regions,
                "allow_embed": "",
            },
            "user_defaults": build_preferences(generation, ".UTC"),
            "received_data": self.received_data,
            "state": "a",
            "created_at": format_seconds(self.created_at),
            "updated_at": None,
            "first_hit_at": format_seconds(self.first_hit_at),
        }


@dataclass
class User:
    """The owner of tokens."""

    id: int
    account: int
    email: str
    timezone: str
    created_at: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The time zone, whose text is the country, a dot, and the usual name."""
        return ZoneInfo(self.timezone.partition(".")[2])

    def to_json(self, generation: Generation) -> dict[str, object]:
        """Return the user as the API shows it."""
        return {
            "id": self.id,
            "site": self.account,
            "email": self.email,
            "email_verified": True,
            "totp_enabled": False,
            "access": {"all": "*"},
            "login_at": None,
            "open_at": None,
            "reset_at": None,
            "settings": build_preferences(generation, self.timezone),
            "last_report_at": format_seconds(self.created_at),
            "created_at": format_seconds(self.created_at),
            "updated_at": None,
        }


@dataclass
class Token:
    """What a client proves itself with."""

    text: str
    name: str
    permissions: int
    sites: Sequence[int]
    user: User
    last_used_at: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether the token has a permission."""
        return self.permissions & permission == permission

    def reaches(self, site: Site) -> bool:
        """Return whether the token is good for a site."""
        return ALL_SITES in self.sites or site.id in self.sites

    def is_idle(self, now: datetime) -> bool:
        """Return whether the token was not used for a day, or never."""
        return self.last_used_at is None or now - self.last_used_at > IDLE_AFTER

    def to_json(self) -> dict[str, object]:
        """Return the token as the API shows it."""
        return {
            "name": self.name,
            "permissions": self.permissions,
            "sites": list(self.sites),
        }


@dataclass
class Accounts:
    """All sites, users and tokens of the server."""

    sites: list[Site] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)

    def find_site(self, site_id: int) -> Site:
        """Return the site with an id, which must be there."""
        return next(site for site in self.sites if site.id == site_id)

    def find_site_at(self, host: str) -> Site | None:
        """Return the site a ``Host`` header leads to; the only one answers to any name."""
        name = host.partition(":")[0].lower()
        found = (site for site in self.sites if site.cname.lower() == name)
        return self.sites[0] if len(self.sites) == 1 else next(found, None)

    def list_family(self, site: Site) -> list[Site]:
        """Return a site and its children, these by code."""
        children = (child for child in self.sites if child.parent == site.id)
        return [site, *sorted(children, key=lambda child: child.code)]

    def find_token(self, text: str) -> Token | None:
        """Return the token with a text."""
        return next((token for token in self.tokens if token.text == text), None)


def build_preferences(generation: Generation, timezone_name: str) -> dict[str, object]:
    """Return a user's settings, or a site's defaults for them."""
    return {
        "twenty_four_hours": False,
        "sunday_starts_week": False,
        "language": "en-GB",
        "date_format": "2 Jan ’06",  # noqa: RUF001
        "number_format": 8239,
        "timezone": timezone_name,
        "widgets": _build_widgets(generation),
        "views": [{"name": "default", "filter": "", "group": 0, "period": "week"}],
        "email_reports": 0,
        "fewer_numbers": False,
        "fewer_numbers_lock_until": "0001-01-01T00:00:00Z",
        "theme": "",
        "datepicker": False,
    }


def _build_widgets(generation: Generation) -> list[dict[str, object]]:
    sizes: dict[str, object] = {"key": None}
    if generation is Generation.MAIN:
        sizes["sort-count"] = False
    return [
        {"n": "pages", "s": {"limit_pages": 10, "limit_refs": 10, "style": "line"}},
        {"n": "totalpages", "s": {"align": False, "no-events": False, "style": "line"}},
        {"n": "toprefs", "s": {"key": None, "limit": 6}},
        {"n": "campaigns", "s": {"key": None, "limit": 6}},
        {"n": "browsers", "s": {"key": None, "limit": 6}},
        {"n": "systems", "s": {"key": None, "limit": 6}},
        {"n": "locations", "s": {"key": "", "limit": 6}},
        {"n": "languages", "s": {"limit": 6}},
        {"n": "sizes", "s": sizes},
    ]
