"""Visits of a website, and what a warehouse ought to hold after them.

The expectations are computed from the hits that were sent. A visitor is the first view of a path
in a session.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.sandbox.goatcounter import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row: TypeAlias = "dict[str, Any]"

HOURS = range(24)
DAYS = 6
"""How many days have visits, up to yesterday."""
TITLES = {
    "/": "Home",
    "/prices": 'Prices, "plans"\nand more; 20 % off \u2013 today\'s',
    "/ünï": "☃ 🐐",
    "signup": "Signed up",
}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
BROWSERS = {FIREFOX: "Firefox", CHROME: "Chrome", "": "(unknown)"}
BROWSERS_IN_FULL = {FIREFOX: "Firefox 140", CHROME: "Chrome 142", "": None}
SYSTEMS_IN_FULL = {FIREFOX: "Linux", CHROME: "Windows 10", "": None}


def find_day(days: int) -> date:
    """Return the UTC day that was so many days ago."""
    return datetime.now(UTC).date() - timedelta(days=days)


def make_view(path: str, day: date, at: str, session: str, **more: str) -> Hit:
    """Make a view of a page, or an event if the path has no slash."""
    return Hit(
        path=path,
        title=TITLES[path],
        event=not path.startswith("/"),
        session=f"{session} {day}",
        created_at=datetime.combine(day, time.fromisoformat(at), UTC),
        **more,  # type: ignore[arg-type]
    )


def make_first_visits() -> list[Hit]:
    """Return the visits of some days, the last of which is yesterday."""
    return [hit for days in range(DAYS, 0, -1) for hit in _make_visits(find_day(days), days)]


def make_later_visits() -> list[Hit]:
    """Return visits of today, and of two days that were read before."""
    return [
        make_view("/", find_day(1), "12:00:00", "late", user_agent=CHROME),
        make_view("/prices", find_day(1), "12:00:01", "late", user_agent=CHROME),
        make_view("/", find_day(3), "23:59:59", "later"),
        make_view("/prices", find_day(0), "00:00:00", "today", user_agent=FIREFOX),
    ]


def _make_visits(day: date, visitors: int) -> Iterator[Hit]:
    yield make_view("/", day, "00:00:00", "ada", user_agent=FIREFOX, location="NL", size="1920")
    yield make_view(
        "/prices", day, "00:01:00", "ada", user_agent=FIREFOX, location="NL", size="1920"
    )
    yield make_view("/", day, "00:02:00", "ada", user_agent=FIREFOX, location="NL", size="1920")
    yield make_view(
        "signup", day, "23:59:59", "ada", user_agent=FIREFOX, location="NL", size="1920"
    )
    for number in range(visitors):
        yield make_view(
            "/", day, f"0{number}:30:00", f"no agent {number}", ref="https://blog.example"
        )
        yield make_view(
            "/ünï", day, "13:00:00", f"chrome {number}", user_agent=CHROME, location="US-TX"
        )


@dataclass(frozen=True)
class Expectation:
    """What the main tables ought to hold.

    Attributes:
        hits: All hits, in the order in which they were stored.
    """

    hits: Sequence[Hit]

    def list_rows(self, stream: str) -> list[Row]:
        """Return the rows of a stream, without keys that the server or the tap makes up."""
        rows: list[Row] = getattr(self, f"_list_{stream}")()
        return rows

    def _list_hits(self) -> list[Row]:
        return [
            {
                "path": hit.path,
                "title": hit.title,
                "event": hit.event,
                "user_agent": None,
                "browser": BROWSERS_IN_FULL[hit.user_agent],
                "system": SYSTEMS_IN_FULL[hit.user_agent],
                "bot": 0,
                "referrer": hit.ref or None,
                "referrer_scheme": "o",
                "screen_size": f"{hit.size or 0},0,1",
                "location": hit.location or None,
                "first_visit": is_visitor,
                "date": hit.created_at,
            }
            for hit, is_visitor in self._mark_visitors()
        ]

    def _list_path_daily(self) -> list[Row]:
        visitors = defaultdict(list)
        for hit in self._list_visitors():
            visitors[hit.path, _get_moment(hit).date()].append(hit)
        return [
            {
                "path": path,
                "title": TITLES[path],
                "event": not path.startswith("/"),
                "day": day,
                **_count_day(hits),
            }
            for (path, day), hits in visitors.items()
        ]

    def _list_total_daily(self) -> list[Row]:
        visitors = defaultdict(list)
        for hit in self._list_visitors():
            visitors[_get_moment(hit).date()].append(hit)
        return [{"day": day, **_count_day(hits)} for day, hits in visitors.items()]

    def _list_browsers(self) -> list[Row]:
        counts = Counter(
            (BROWSERS[hit.user_agent], _get_moment(hit).date()) for hit in self._list_visitors()
        )
        return [
            {
                "id": None if name == "(unknown)" else name,
                "name": name,
                "day": day,
                "count": count,
            }
            for (name, day), count in counts.items()
        ]

    def _list_visitors(self) -> list[Hit]:
        """Return the visitors of the days that are over, of which alone there are statistics."""
        return [
            hit
            for hit, is_visitor in self._mark_visitors()
            if is_visitor and _get_moment(hit).date() < find_day(0)
        ]

    def _mark_visitors(self) -> Iterator[tuple[Hit, bool]]:
        """Return for each hit whether it counts as a visitor."""
        seen = set()
        for hit in self.hits:
            yield hit, (hit.session, hit.path) not in seen
            seen.add((hit.session, hit.path))


def _count_day(hits: Sequence[Hit]) -> Row:
    by_hour = Counter(_get_moment(hit).hour for hit in hits)
    return {"daily": len(hits), "hourly": [by_hour[hour] for hour in HOURS]}


def _get_moment(hit: Hit) -> datetime:
    assert isinstance(hit.created_at, datetime)
    return hit.created_at
