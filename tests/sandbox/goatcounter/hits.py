"""Hits as they are sent, and what is left of them when they are stored."""

from __future__ import annotations

import enum
import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tests.sandbox.goatcounter.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from tests.sandbox.goatcounter.state import Site

Key = TypeVar("Key", bound="Hashable")

URL, GROUP, CAMPAIGN, OTHER = "h", "g", "c", "o"
"""The schemes of a referrer."""

NO_SESSION_ID = "0-0"
"""What stands for the session where sessions are not kept."""

TOLERANCE = timedelta(seconds=5)
TRACKING = {"fbclid", "gclid", "mc_cid", "mc_eid", "msclkid", "ref", "_gl"}
GROUPS = {"www.google.com": "Google", "news.ycombinator.com": "Hacker News"}
SOURCES = ("utm_source", "ref", "src", "source")
BOT = re.compile(r"bot/|^curl/|python", re.IGNORECASE)
BROWSERS = (
    ("Firefox", re.compile(r"Firefox/(\d+)")),
    ("Chrome", re.compile(r"Chrome/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+\.\d+)\S* .*Safari/")),
)
SYSTEMS = (
    ("iOS", re.compile(r"(?:iPhone|CPU) OS (\d+(?:_[1-9]\d*)?)")),
    ("Android", re.compile(r"Android (\d+(?:\.[1-9]\d*)?)")),
    ("Windows", re.compile(r"Windows NT (\d+(?:\.[1-9]\d*)?)")),
    ("macOS", re.compile(r"Mac OS X (\d+(?:_[1-9]\d*)?)")),
    ("Linux", re.compile(r"Linux()")),
)
LANGUAGES = {
    "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "it": "ita",
    "ja": "jpn", "nl": "nld", "sv": "swe", "zh": "zho",
}  # fmt: skip
"""ISO 639-3 codes by those of two letters."""


class Collect(enum.IntFlag):
    """What a site keeps of a hit."""

    REFERRER = 2
    USER_AGENT = 4
    SCREEN_SIZE = 8
    LOCATION = 16
    REGION = 32
    LANGUAGE = 64
    SESSIONS = 128
    HITS = 256
    """Individual page views: the rows of the CSV export."""


class HitError(ValueError):
    """A hit that is refused."""


class Referrer(NamedTuple):
    """A referrer with its scheme."""

    name: str
    scheme: str


class Product(NamedTuple):
    """A browser or system; both texts empty if it is not known."""

    name: str
    version: str


@dataclass(frozen=True)
class Hit:
    """One page view or event, with the fields of ``POST /count``.

    Attributes:
        ref_is_url: Whether the referrer comes from a browser, as only the tracking pixel's do.
    """

    path: str = ""
    title: str = ""
    event: bool = False
    ref: str = ""
    size: str = ""
    query: str = ""
    user_agent: str = ""
    location: str = ""
    ip: str = ""
    created_at: datetime | str | None = None
    session: str = ""
    language: str = ""
    ref_is_url: bool = False

    @classmethod
    def from_mapping(cls, sent: Mapping[str, object]) -> Hit:
        """Return a hit from the JSON object that ``POST /count`` takes.

        Raises:
            HitError: It has a field that hits do not have.
        """
        if unknown := sent.keys() - {field.name for field in fields(cls)}:
            raise HitError(f'unknown parameter: "{min(unknown)}"')
        return cls(**sent)  # type: ignore[arg-type]

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The parameters of the page's query; events have none."""
        return {} if self.event else parse_qs(self.query.removeprefix("?"))

    @property
    def visitor(self) -> str:
        """What makes hits belong together; empty if nothing does."""
        if self.session:
            return f"session {self.session}"
        return f"client {self.ip} {self.user_agent}" if self.ip and self.user_agent else ""


class Numbered(Generic[Key]):
    """Ids of things, in the order in which they are first seen, from 1."""

    def __init__(self) -> None:
        """Start empty."""
        self._ids: dict[Key, int] = {}

    def id_of(self, key: Key) -> int:
        """Return the id of a thing, a new one if need be."""
        return self._ids.setdefault(key, len(self._ids) + 1)

    def __iter__(self) -> Iterator[tuple[int, Key]]:
        """Yield ids and things, ascending."""
        return ((number, key) for key, number in self._ids.items())


@dataclass
class Path:
    """A page or event of a site."""

    id: int
    site_id: int
    path: str
    title: str
    event: bool


@dataclass(slots=True)
class Visit:
    """One stored hit.

    Attributes:
        hit_id: None if the site does not keep individual page views.
        first: Whether it is the session's first hit of the path: only these are visitors.
    """

    hit_id: int | None
    path: Path
    referrer: Referrer
    referrer_id: int
    campaign: str
    campaign_id: int | None
    browser: Product
    system: Product
    width: int
    location: str
    language: str
    session: str
    first: bool
    created_at: datetime

    @property
    def hour(self) -> datetime:
        """The beginning of the hour in which it is counted."""
        return self.created_at.replace(minute=0, second=0, microsecond=0)


class Store:
    """What was counted on all sites of the server.

    Attributes:
        visits: The stored hits by site, in the order of storing.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.visits: dict[int, list[Visit]] = defaultdict(list)
        self.browsers: Numbered[Product] = Numbered()
        self.systems: Numbered[Product] = Numbered()
        self.referrers: Numbered[Referrer] = Numbered()
        self._campaigns: Numbered[tuple[int, str]] = Numbered()
        self._paths: dict[tuple[int, str], Path] = {}
        self._seen: set[tuple[int, str, int]] = set()
        self._hits = 0

    def add(self, site: Site, hit: Hit, now: datetime) -> None:
        """Store a hit by the rules of GoatCounter; those of bots are set aside.

        Raises:
            HitError: It cannot be stored.
        """
        if not hit.path:
            raise HitError("path: must be set")
        if not hit.visitor:
            raise HitError("session or browser/IP not set")
        moment = _read_moment(hit, now)
        if BOT.search(hit.user_agent):
            return
        agent = hit.user_agent if site.collects(Collect.USER_AGENT) else ""
        referrer = _parse_referrer(hit) if site.collects(Collect.REFERRER) else Referrer("", OTHER)
        campaign = hit.parameters.get("utm_campaign", [""])[0]
        visitor = hit.visitor if site.collects(Collect.SESSIONS) else ""
        language = hit.language.partition("-")[0] if site.collects(Collect.LANGUAGE) else ""
        keeps_hits = site.collects(Collect.HITS)
        self._hits += keeps_hits
        path = self._find_path(site, hit)
        visit = Visit(
            hit_id=self._hits if keeps_hits else None,
            path=path,
            referrer=referrer,
            referrer_id=self.referrers.id_of(referrer),
            campaign=campaign,
            campaign_id=self._campaigns.id_of((site.id, campaign)) if campaign else None,
            browser=_parse_product(agent, BROWSERS),
            system=_parse_product(agent, SYSTEMS),
            width=_parse_width(hit.size) if site.collects(Collect.SCREEN_SIZE) else 0,
            location=_cut_location(hit.location, site),
            language=LANGUAGES.get(language, ""),
            session=_hash_session(site, visitor),
            first=self._is_first((site.id, visitor, path.id)),
            created_at=moment,
        )
        self.browsers.id_of(visit.browser)
        self.systems.id_of(visit.system)
        self.visits[site.id].append(visit)
        site.received_data = True
        if moment < site.first_hit_at:
            site.first_hit_at = moment - timedelta(hours=12)

    def list_paths(self, site: Site) -> list[Path]:
        """Return the paths of a site by id."""
        return [path for path in self._paths.values() if path.site_id == site.id]

    def _find_path(self, site: Site, hit: Hit) -> Path:
        text = _clean_path(hit)
        new = Path(len(self._paths) + 1, site.id, text, hit.title, hit.event)
        return self._paths.setdefault((site.id, text.lower()), new)

    def _is_first(self, key: tuple[int, str, int]) -> bool:
        _, visitor, _ = key
        is_first = not visitor or key not in self._seen
        self._seen.add(key)
        return is_first


def _clean_path(hit: Hit) -> str:
    """Return the path under which a hit is counted.

    Slashes at both ends go, and pages get one in front. Parameters that only track are removed from
    the query, the others are encoded anew and sorted by name.
    """
    if hit.event:
        return hit.path.strip("/")
    path, _, query = hit.path.partition("?")
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not name.startswith("utm_") and name not in TRACKING
    ]
    path = "/" + path.strip("/")
    return f"{path}?{urlencode(sorted(kept, key=lambda pair: pair[0]))}" if kept else path


def _parse_referrer(hit: Hit) -> Referrer:
    """Return the source that the query names, or else the referrer, as it is or as a browser's."""
    for name in SOURCES:
        if name in hit.parameters:
            return Referrer(hit.parameters[name][0], CAMPAIGN)
    if not hit.ref_is_url:
        return Referrer(hit.ref.removesuffix("/"), OTHER)
    parts = urlsplit(hit.ref)
    if group := GROUPS.get(parts.netloc):
        return Referrer(group, GROUP)
    return Referrer((parts.netloc + parts.path).removesuffix("/"), URL if hit.ref else OTHER)


def _parse_product(user_agent: str, known: tuple[tuple[str, re.Pattern[str]], ...]) -> Product:
    for name, pattern in known:
        if found := pattern.search(user_agent):
            return Product(name, found[1].replace("_", "."))
    return Product("", "")


def _parse_width(size: str) -> int:
    return int(size.partition(",")[0] or 0)


def _cut_location(location: str, site: Site) -> str:
    """Return what the site keeps of a location: all, the country, or nothing."""
    if not site.collects(Collect.LOCATION):
        return ""
    country = location.partition("-")[0]
    keeps_region = site.collects(Collect.REGION) and country in site.collect_regions.split(",")
    return location if keeps_region else country


def _read_moment(hit: Hit, now: datetime) -> datetime:
    given = hit.created_at
    moment = parse_time(given) if isinstance(given, str) else given or now
    if moment > now + TOLERANCE:
        raise HitError("created_at: in the future")
    return moment.astimezone(UTC).replace(microsecond=0)


def _hash_session(site: Site, visitor: str) -> str:
    """Return two numbers of 64 bits in hexadecimal, the same for the same visitor."""
    if not visitor:
        return NO_SESSION_ID
    digest = hashlib.sha256(f"{site.id} {visitor}".encode()).digest()
    return "-".join(f"{int.from_bytes(part, 'big'):x}" for part in (digest[:8], digest[8:16]))
