"""What a ``User-Agent`` tells: browser, system, or that nobody is looking."""

from __future__ import annotations

import re
from typing import NamedTuple

_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|^curl/|^wget/|python|^go-http-client|^java/|libwww|httpx|headless",
    re.IGNORECASE,
)
_BROWSERS = (
    ("Firefox", re.compile(r"Firefox/(\d+)")),
    ("Opera", re.compile(r"OPR/(\d+)")),
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
    """Whether hits of this client are set aside; a client without a name is trusted."""
    return bool(_BOT.search(user_agent))


def browser_of(user_agent: str) -> Product:
    """The browser, with its major version."""
    for name, pattern in _BROWSERS:
        if found := pattern.search(user_agent):
            return Product(name, found[1])
    return UNKNOWN_PRODUCT


def system_of(user_agent: str) -> Product:
    """The operating system."""
    for name, pattern in _SYSTEMS:
        if found := pattern.search(user_agent):
            return Product(name, found[1].replace("_", ".").removesuffix(".0"))
    return UNKNOWN_PRODUCT
