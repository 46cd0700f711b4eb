"""Hits as they are sent, and what is left of them when they are stored."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from tests.sandbox.goatcounter import visitors
from tests.sandbox.goatcounter.accounts import Collect, Site
from tests.sandbox.goatcounter.timestamps import parse_moment
from tests.sandbox.goatcounter.visitors import UNKNOWN_PRODUCT, Product

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.goatcounter.visitors import Referrer

_TOLERANCE = timedelta(seconds=5)
_TRACKING_PREFIX = "utm_"
_TRACKING = {"fbclid", "gclid", "mc_cid", "mc_eid", "msclkid", "ref", "_gl"}


class HitError(ValueError):
    """A hit that is refused."""


@dataclass(frozen=True)
class Hit:
    """One page view or event, with the fields of ``POST /count``."""

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
    """Whether the referrer comes from a browser, as only the tracking pixel's do."""

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
    def is_bot(self) -> bool:
        """Whether the hit is set aside."""
        return visitors.is_bot(self.user_agent)

    @property
    def visitor(self) -> str:
        """What makes hits belong together; empty if nothing does."""
        if self.session:
            return f"session {self.session}"
        return f"client {self.ip} {self.user_agent}" if self.ip and self.user_agent else ""


@dataclass(frozen=True)
class CleanHit:
    """A hit reduced to what its site keeps."""

    path: str
    title: str
    event: bool
    referrer: Referrer
    campaign: str
    width: int
    browser: Product
    system: Product
    location: str
    language: str
    created_at: datetime
    visitor: str


def clean_hit(hit: Hit, site: Site, now: datetime) -> CleanHit:
    """Apply the rules by which GoatCounter stores a hit.

    Args:
        hit: The hit as sent.
        site: Whose hit it is; its settings decide what is kept.
        now: Present moment, which is also that of a hit without one.

    Raises:
        HitError: The hit cannot be stored.
    """
    if not hit.path:
        raise HitError("path: must be set")
    if not hit.visitor:
        raise HitError("session or browser/IP not set")
    keeps_agent = site.collects(Collect.USER_AGENT)
    return CleanHit(
        path=clean_path(hit.path, event=hit.event),
        title=hit.title,
        event=hit.event,
        referrer=_parse_referrer(hit) if site.collects(Collect.REFERRER) else visitors.NO_REFERRER,
        campaign="" if hit.event else visitors.parse_campaign(hit.query),
        width=_parse_width(hit.size) if site.collects(Collect.SCREEN_SIZE) else 0,
        browser=visitors.parse_browser(hit.user_agent) if keeps_agent else UNKNOWN_PRODUCT,
        system=visitors.parse_system(hit.user_agent) if keeps_agent else UNKNOWN_PRODUCT,
        location=_cut_location(hit.location, site) if site.collects(Collect.LOCATION) else "",
        language=visitors.parse_language(hit.language) if site.collects(Collect.LANGUAGE) else "",
        created_at=_read_moment(hit.created_at, now),
        visitor=hit.visitor if site.collects(Collect.SESSIONS) else "",
    )


def clean_path(path: str, *, event: bool) -> str:
    """Return the path under which a hit is counted.

    Slashes at both ends go, and pages get one in front. Parameters that only track are removed from
    the query, the others are encoded anew and sorted by name.
    """
    if event:
        return path.strip("/")
    path, _, query = path.partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if not _tracks(pair[0])]
    path = "/" + path.strip("/")
    return f"{path}?{urlencode(sorted(kept, key=lambda pair: pair[0]))}" if kept else path


def _tracks(name: str) -> bool:
    return name.startswith(_TRACKING_PREFIX) or name in _TRACKING


def _parse_referrer(hit: Hit) -> Referrer:
    source = None if hit.event else visitors.parse_source(hit.query)
    if source is not None:
        return source
    return visitors.parse_url(hit.ref) if hit.ref_is_url else visitors.parse_text(hit.ref)


def _parse_width(size: str) -> int:
    width = size.partition(",")[0]
    return int(width) if width else 0


def _cut_location(location: str, site: Site) -> str:
    country = location.partition("-")[0]
    return location if site.keeps_region_of(country) else country


def _read_moment(created_at: datetime | str | None, now: datetime) -> datetime:
    moment = parse_moment(created_at) if isinstance(created_at, str) else created_at or now
    if moment > now + _TOLERANCE:
        raise HitError("created_at: in the future")
    return moment.astimezone(UTC).replace(microsecond=0)
