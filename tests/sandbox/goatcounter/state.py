"""What all parts of the server share: its generation, its sites, users and tokens, its contents."""

from __future__ import annotations

import copy
import enum
import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.sandbox.goatcounter.hits import Store
from tests.sandbox.goatcounter.timestamps import format_time
from tests.sandbox.sandbox import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tests.sandbox.goatcounter.exports import Export, NextExport
    from tests.sandbox.goatcounter.hits import Collect
    from tests.sandbox.goatcounter.limits import RateLimiter

TEMPLATES = json.loads(Path(__file__).with_name("templates.json").read_text(encoding="utf-8"))
"""The fields of responses that are always the same."""

ALL_SITES = -1
"""In a token's list of sites: every site of the account."""

IDLE_AFTER = timedelta(hours=24)
"""How long a token can rest before the newer server has to refresh it."""


class Generation(enum.Enum):
    """Which server the sandbox plays.

    ``V2_7`` is the release v2.7.0 of December 2025, which most people host themselves; ``MAIN`` is
    the development branch as of August 2026, which the hosted service follows.
    """

    V2_7 = "v2.7.0"
    MAIN = "main"

    @property
    def is_newer(self) -> bool:
        """Whether it has formats of exports, hourly limits, and whatever else came after 2.7."""
        return self is Generation.MAIN


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

    def to_json(self, generation: Generation) -> dict[str, object]:
        """Return the site as the API shows it."""
        return {
            **TEMPLATES["site"],
            "id": self.id,
            "parent": self.parent,
            "cname": self.cname,
            "cname_setup_at": format_time(self.created_at),
            "code": self.code,
            "setttings": {
                **TEMPLATES["site_settings"],
                "collect": self.collect,
                "collect_regions": self.collect_regions,
            },
            "user_defaults": _build_preferences(generation),
            "received_data": self.received_data,
            "created_at": format_time(self.created_at),
            "first_hit_at": format_time(self.first_hit_at),
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
            **TEMPLATES["user"],
            "id": self.id,
            "site": self.account,
            "email": self.email,
            "settings": {**_build_preferences(generation), "timezone": self.timezone},
            "last_report_at": format_time(self.created_at),
            "created_at": format_time(self.created_at),
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

    def reaches(self, site: Site) -> bool:
        """Return whether the token is good for a site."""
        return ALL_SITES in self.sites or site.id in self.sites

    def is_idle(self, now: datetime) -> bool:
        """Return whether the token was not used for a day, or never."""
        return self.last_used_at is None or now - self.last_used_at > IDLE_AFTER

    def to_json(self) -> dict[str, object]:
        """Return the token as the API shows it."""
        return {"name": self.name, "permissions": self.permissions, "sites": list(self.sites)}


@dataclass
class ServerState:
    """Configuration and contents of one server.

    Attributes:
        version: What ``/status`` says.
        next_export: How the next export is to deviate from a usual one.
        base_path: Prefix of all paths, such as ``/stats``.
        now: Its clock.
        api_max: Largest page of every endpoint; None for the default.
        query_days_limit: Windows of more days than that take the database too long.
        first_export_id: Id of the first export; the ones before are not known any more.
        lock: Held while a request is answered, and while a test changes something.
    """

    generation: Generation
    version: str
    limiter: RateLimiter
    next_export: NextExport
    base_path: str = ""
    now: Callable[[], datetime] = utc_now
    api_max: int | None = None
    query_days_limit: int | None = None
    first_export_id: int = 1
    sites: list[Site] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    store: Store = field(default_factory=Store)
    exports: list[Export] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def find_site(self, site_id: int) -> Site:
        """Return the site with an id, which must be there."""
        return next(site for site in self.sites if site.id == site_id)

    def find_site_at(self, host: str) -> Site | None:
        """Return the site a ``Host`` header leads to; the only one answers to any name."""
        name = host.partition(":")[0].lower()
        found = (site for site in self.sites if site.cname.lower() == name)
        return self.sites[0] if len(self.sites) == 1 else next(found, None)

    def find_token(self, text: str) -> Token | None:
        """Return the token with a text."""
        return next((token for token in self.tokens if token.text == text), None)


def _build_preferences(generation: Generation) -> dict[str, Any]:
    """Return a site's defaults for the settings of its users."""
    preferences: dict[str, Any] = copy.deepcopy(TEMPLATES["preferences"])
    if generation.is_newer:
        preferences["widgets"][-1]["s"]["sort-count"] = False
    return preferences
