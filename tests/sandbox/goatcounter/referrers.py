"""Where a visitor came from: referrers and campaigns."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

URL, GROUP, CAMPAIGN, OTHER = "h", "g", "c", "o"
"""The schemes of a referrer."""

_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "www.google.com": "Google",
        "google.com": "Google",
        "news.ycombinator.com": "Hacker News",
        "hn.algolia.com": "Hacker News",
        "www.reddit.com": "www.reddit.com",
        "old.reddit.com": "www.reddit.com",
        "t.co": "Twitter",
        "twitter.com": "Twitter",
        "app.slack.com": "Slack Chat",
        "mail.google.com": "Email",
    },
)
_SOURCES = ("utm_source", "ref", "src", "source")


class Referrer(NamedTuple):
    """A referrer with its scheme."""

    name: str
    scheme: str


NO_REFERRER = Referrer("", OTHER)


def from_text(text: str) -> Referrer:
    """The referrer that a hit of ``POST /count`` names, kept as it is."""
    return Referrer(text.removesuffix("/"), OTHER)


def from_url(url: str) -> Referrer:
    """The referrer that a browser names to the tracking pixel."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return from_text(url)
    if group := _GROUPS.get(parts.netloc.lower()):
        return Referrer(group, GROUP)
    query = f"?{parts.query}" if parts.query else ""
    return Referrer((parts.netloc + parts.path + query).removesuffix("/"), URL)


def from_query(query: str) -> Referrer | None:
    """The source that the query of a page names, if it does."""
    parameters = parse_qs(query.removeprefix("?"))
    source = next((parameters[name][0] for name in _SOURCES if name in parameters), None)
    return None if source is None else Referrer(source, CAMPAIGN)


def campaign_of(query: str) -> str:
    """The campaign that the query of a page names; empty if none."""
    return parse_qs(query.removeprefix("?")).get("utm_campaign", [""])[0]
