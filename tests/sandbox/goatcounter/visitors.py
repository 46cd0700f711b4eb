"""What the server makes of a visitor's referrer, user agent, country and language."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

URL, GROUP, CAMPAIGN, OTHER = "h", "g", "c", "o"
"""The schemes of a referrer."""

_GROUPS: Mapping[str, str] = MappingProxyType(
    {"www.google.com": "Google", "news.ycombinator.com": "Hacker News"}
)
_SOURCES = ("utm_source", "ref", "src", "source")


class Referrer(NamedTuple):
    """A referrer with its scheme."""

    name: str
    scheme: str


NO_REFERRER = Referrer("", OTHER)


def parse_text(text: str) -> Referrer:
    """Return the referrer that a hit of ``POST /count`` names, kept as it is."""
    return Referrer(text.removesuffix("/"), OTHER)


def parse_url(url: str) -> Referrer:
    """Return the referrer that a browser names to the tracking pixel."""
    parts = urlsplit(url)
    if group := _GROUPS.get(parts.netloc):
        return Referrer(group, GROUP)
    return Referrer((parts.netloc + parts.path).removesuffix("/"), URL if url else OTHER)


def parse_source(query: str) -> Referrer | None:
    """Return the source that the query of a page names, if it does."""
    parameters = parse_qs(query.removeprefix("?"))
    source = next((parameters[name][0] for name in _SOURCES if name in parameters), None)
    return None if source is None else Referrer(source, CAMPAIGN)


def parse_campaign(query: str) -> str:
    """Return the campaign that the query of a page names; empty if none."""
    return parse_qs(query.removeprefix("?")).get("utm_campaign", [""])[0]


_BOT = re.compile(r"bot/|^curl/|python", re.IGNORECASE)
_BROWSERS = (
    ("Firefox", re.compile(r"Firefox/(\d+)")),
    ("Chrome", re.compile(r"Chrome/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+\.\d+)\S* .*Safari/")),
)
_SYSTEMS = (
    ("iOS", re.compile(r"(?:iPhone|CPU) OS (\d+_\d+)")),
    ("Android", re.compile(r"Android (\d+(?:\.\d+)?)")),
    ("Windows", re.compile(r"Windows NT (\d+(?:\.\d+)?)")),
    ("macOS", re.compile(r"Mac OS X (\d+_\d+)")),
    ("Linux", re.compile(r"Linux()")),
)


class Product(NamedTuple):
    """A browser or system; both texts empty if it is not known."""

    name: str
    version: str


UNKNOWN_PRODUCT = Product("", "")


def is_bot(user_agent: str) -> bool:
    """Return whether hits of this client are set aside; a client without a name is trusted."""
    return bool(_BOT.search(user_agent))


def parse_browser(user_agent: str) -> Product:
    """Return the browser, with its major version."""
    for name, pattern in _BROWSERS:
        if found := pattern.search(user_agent):
            return Product(name, found[1])
    return UNKNOWN_PRODUCT


def parse_system(user_agent: str) -> Product:
    """Return the operating system."""
    for name, pattern in _SYSTEMS:
        if found := pattern.search(user_agent):
            return Product(name, found[1].replace("_", ".").removesuffix(".0"))
    return UNKNOWN_PRODUCT


UNKNOWN = "(unknown)"
"""What statistics call a country or language that is not known."""

COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        "AT": "Austria",
        "CH": "Switzerland",
        "CN": "People's Republic of China",
        "DE": "Germany",
        "ES": "Spain",
        "FR": "France",
        "GB": "United Kingdom",
        "IN": "India",
        "IT": "Italy",
        "JP": "Japan",
        "NL": "Netherlands",
        "RU": "Russia",
        "SE": "Sweden",
        "US": "United States",
    },
)
"""English names by ISO 3166-1 code, of those that tests and recordings speak of."""

_LANGUAGES = """
de deu German
en eng English
es spa Spanish
fr fra French
it ita Italian
ja jpn Japanese
nl nld Dutch
sv swe Swedish
zh zho Chinese
"""

_ROWS = [line.split(maxsplit=2) for line in _LANGUAGES.strip().splitlines()]
_THREE_LETTERS = {two: three for two, three, _ in _ROWS}

LANGUAGES: Mapping[str, str] = MappingProxyType({three: name for _, three, name in _ROWS})
"""English names by ISO 639-3 code; a real server knows some seven thousand."""


def name_country(code: str) -> str:
    """Return the name of a country; a code that is not listed stands for itself."""
    return COUNTRIES.get(code, code) or UNKNOWN


def name_language(code: str) -> str:
    """Return the name of a language, given its ISO 639-3 code."""
    return LANGUAGES.get(code, code) or UNKNOWN


def parse_language(tag: str) -> str:
    """Return the ISO 639-3 code of a language tag; empty if unknown."""
    return _THREE_LETTERS.get(tag.partition("-")[0], "")
