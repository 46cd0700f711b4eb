"""Everything the server has counted, in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from tests.sandbox.goatcounter.accounts import Collect, Site

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from datetime import datetime

    from tests.sandbox.goatcounter.hits import CleanHit
    from tests.sandbox.goatcounter.visitors import Product, Referrer

Key = TypeVar("Key", bound="Hashable")

NO_SESSION_ID = "0-0"
"""What stands for the session where sessions are not kept."""


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
    """One stored hit."""

    hit_id: int | None
    """None if the site does not keep individual page views."""
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
    """Whether it is the session's first hit of the path: only these are visitors."""
    created_at: datetime

    @property
    def hour(self) -> datetime:
        """The beginning of the hour in which it is counted."""
        return self.created_at.replace(minute=0, second=0, microsecond=0)


@dataclass
class Store:
    """What was counted on all sites of the server."""

    visits: dict[int, list[Visit]] = field(default_factory=dict)
    """By site, in the order of storing."""
    paths: list[Path] = field(default_factory=list)
    browsers: Numbered[Product] = field(default_factory=Numbered)
    systems: Numbered[Product] = field(default_factory=Numbered)
    referrers: Numbered[Referrer] = field(default_factory=Numbered)
    campaigns: Numbered[tuple[int, str]] = field(default_factory=Numbered)
    _paths_by_text: dict[tuple[int, str], Path] = field(default_factory=dict)
    _seen: set[tuple[int, str, int]] = field(default_factory=set)
    _hits: int = 0

    def add(self, site: Site, hit: CleanHit) -> None:
        """Store a hit."""
        path = self._find_path(site, hit)
        visit = Visit(
            hit_id=self._next_hit_id() if site.collects(Collect.HITS) else None,
            path=path,
            referrer=hit.referrer,
            referrer_id=self.referrers.id_of(hit.referrer),
            campaign=hit.campaign,
            campaign_id=self.campaigns.id_of((site.id, hit.campaign)) if hit.campaign else None,
            browser=hit.browser,
            system=hit.system,
            width=hit.width,
            location=hit.location,
            language=hit.language,
            session=_hash_session(site, hit.visitor),
            first=self._is_first(site, hit.visitor, path),
            created_at=hit.created_at,
        )
        self.browsers.id_of(hit.browser)
        self.systems.id_of(hit.system)
        self.visits.setdefault(site.id, []).append(visit)
        _note_first_hit(site, hit.created_at)

    def list_paths(self, site: Site) -> list[Path]:
        """Return the paths of a site by id."""
        return [path for path in self.paths if path.site_id == site.id]

    def list_visits(self, site: Site) -> list[Visit]:
        """Return the hits of a site in the order of storing."""
        return self.visits.get(site.id, [])

    def _find_path(self, site: Site, hit: CleanHit) -> Path:
        key = (site.id, hit.path.lower())
        path = self._paths_by_text.get(key)
        if path is None:
            path = Path(len(self.paths) + 1, site.id, hit.path, hit.title, hit.event)
            self._paths_by_text[key] = path
            self.paths.append(path)
        return path

    def _next_hit_id(self) -> int:
        self._hits += 1
        return self._hits

    def _is_first(self, site: Site, visitor: str, path: Path) -> bool:
        if not visitor:
            return True
        key = (site.id, visitor, path.id)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True


def _hash_session(site: Site, visitor: str) -> str:
    """Return two numbers of 64 bits in hexadecimal, the same for the same visitor."""
    if not visitor:
        return NO_SESSION_ID
    digest = hashlib.sha256(f"{site.id} {visitor}".encode()).digest()
    return "-".join(f"{int.from_bytes(part, 'big'):x}" for part in (digest[:8], digest[8:16]))


def _note_first_hit(site: Site, moment: datetime) -> None:
    site.received_data = True
    if moment < site.first_hit_at:
        site.first_hit_at = moment - timedelta(hours=12)
