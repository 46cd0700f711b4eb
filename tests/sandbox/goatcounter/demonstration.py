"""A small site with a month of visitors, for looking at a tap by hand."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.goatcounter.goat_counter import GoatCounter

TOKEN = "sandbox"  # noqa: S105 - known to everybody, and good for nothing else
"""The token of the demonstration."""

_DAYS = 30
_VISITORS_A_DAY = (40, 44, 46, 43, 37, 22, 26)
"""From Monday to Sunday."""
_MAX_PAGES = 5
_EVENTS_IN_PERCENT = 10

_PAGES = {
    "/": "Home",
    "/blog": "Blog",
    "/blog/hello-world": "Hello, world",
    "/docs": "Documentation",
    "/pricing": 'Prices, plans and "extras"',
    "/shop": "Shop",
}
_EVENTS = {"signup": "Signed up", "download, pdf": "Brochure"}
_BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1",
    "",
)
_LOCATIONS = (
    *[("DE", "de-DE")] * 6,
    *[("NL", "nl")] * 4,
    *[("US-TX", "en-US")] * 2,
    ("JP", "ja"),
    ("", ""),
)
_WIDTHS = ("1920", "1366", "390", "2560", "")
_REFERRERS = ("", "", "https://www.google.com/", "https://blog.example.org/post/1")
_CAMPAIGNS = ("", "", "", "utm_source=newsletter&utm_campaign=autumn")


def fill(sandbox: GoatCounter) -> None:
    """Add a site, its token and its visitors, the same each time but for the dates."""
    site = sandbox.add_site()
    sandbox.add_token(name="demonstration", text=TOKEN)
    sandbox.add_hits(site.id, _visit_for_a_month(random.Random(0), datetime.now(UTC)))  # noqa: S311


def _visit_for_a_month(chance: random.Random, now: datetime) -> Iterator[Hit]:
    for day in range(_DAYS):
        start = now - timedelta(days=_DAYS - day)
        visitors = _VISITORS_A_DAY[start.weekday()]
        moments = sorted(chance.uniform(0, 23 * 3600) for _ in range(visitors))
        for number, seconds in enumerate(moments):
            yield from _visit(chance, f"{day} {number}", start + timedelta(seconds=seconds))


def _visit(chance: random.Random, session: str, moment: datetime) -> Iterator[Hit]:
    location, language = chance.choice(_LOCATIONS)
    agent, width = chance.choice(_BROWSERS), chance.choice(_WIDTHS)
    referrer, query = chance.choice(_REFERRERS), chance.choice(_CAMPAIGNS)
    for number in range(chance.randint(1, _MAX_PAGES)):
        event = chance.randrange(100) < _EVENTS_IN_PERCENT
        found = list((_EVENTS if event else _PAGES).items())
        # Those that come first are seen most.
        ((path, title),) = chance.choices(found, weights=range(len(found), 0, -1))
        yield Hit(
            path=path,
            title=title,
            event=event,
            ref="" if number else referrer,
            query="" if number or event else query,
            size=width,
            user_agent=agent,
            location=location,
            language=language,
            session=session,
            created_at=moment + timedelta(seconds=90 * number),
        )
