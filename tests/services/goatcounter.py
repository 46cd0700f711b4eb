"""Two sites of a GoatCounter, with visitors that keep coming, some of them late."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter, Hit
from tests.services.source import PERSON

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tests.services.source import Row, Tables

T = TypeVar("T")

DAYS = 8
LATE_DAYS = 3
"""The tap reads the last three days again that it has read."""
VISITS_A_DAY = 8
HOSTS = ("127.0.0.1", "localhost")
PAGES = {
    "/": f"{PERSON} at home",
    "/prices": 'Prices, "plans"',
    "/ünï": f"{PERSON} ☃ 🐐",
    "signup": "Signed up",
}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0"
BROWSERS = {FIREFOX: ("Firefox", "Linux"), CHROME: ("Chrome", "Windows"), "": ("", "")}
SIZES = {"390": "phone", "800": "tablet", "1366": "desktop", "2560": "desktophd", "": "unknown"}
COUNTRIES = ("NL", "DE", "JP")
NAMELESS = "(unknown)"
"""What stands in keys in place of an empty text, as some databases take that for null."""
REFERRERS = ("", "blog.example", "a b")


@contextlib.contextmanager
def serve(
    chance: random.Random,
    generations: Sequence[Generation] = tuple(Generation),
    *,
    days: int = DAYS,
    visits_a_day: int = VISITS_A_DAY,
    first_export_id: int = 1,
) -> Iterator[GoatCounterSource]:
    """Serve until the block is left.

    Args:
        chance: Where numbers are drawn.
        generations: Which servers the sandbox may play.
        days: How many days have visits.
        visits_a_day: How many each site has.
        first_export_id: The id of the first export.
    """
    generation = chance.choice(generations)
    sandbox = GoatCounter(generation, limits=UNLIMITED, first_export_id=first_export_id)
    main = sandbox.add_site(HOSTS[0])
    other = sandbox.add_site(HOSTS[1], parent=main.id)
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    main.created_at = other.created_at = today - timedelta(days)
    token = sandbox.add_token(name=f"sentinel {chance.random()}")
    with sandbox.serve() as url:
        yield GoatCounterSource(sandbox, url, token, chance, days, visits_a_day)


@dataclass(frozen=True)
class View:
    """A page view of a site, in the words of the statistics.

    Attributes:
        hit: What was sent.
        first: Whether it counts as a visitor.
    """

    hit: Hit
    first: bool

    @property
    def moment(self) -> datetime:
        """When it was."""
        assert isinstance(self.hit.created_at, datetime)
        return self.hit.created_at

    @property
    def day(self) -> date:
        """The day on which it is counted."""
        return self.moment.date()


class GoatCounterSource:
    """The two sites.

    As servers make one export per hour, a run takes up the one that a killed run has asked for, and
    newer page views come with the next.
    """

    def __init__(
        self,
        sandbox: GoatCounter,
        url: str,
        token: str,
        chance: random.Random,
        days: int,
        visits_a_day: int,
    ) -> None:
        """Fill the sites with the visits of some days."""
        self.sandbox = sandbox
        self._views: dict[int, list[View]] = {1: [], 2: []}
        self._days = range(days)
        self._visits_of_a_change = 2 * visits_a_day
        self._last_day = datetime.now(UTC).date() - timedelta(days=1)
        self._sessions = 0
        self.secrets: Sequence[str] = (token,)
        self.streams: Sequence[str] = ()
        self.runs_until_equal = 2
        self.settings: Mapping[str, Any] = {
            "sites": [{"site_url": url.replace(HOSTS[0], host), "token": token} for host in HOSTS],
            "start_date": self._find_day(days - 1).isoformat(),
            "end_date": self._last_day.isoformat(),
            "stats_lookback_days": LATE_DAYS,
            "empty_key_text": NAMELESS,
            "window_days": 3,
            "requests_per_second": 1000,
            "requests_per_hour": 0,
            "request_timeout": 20,
            "max_retries": 0,
        }
        for site in self._views:
            for day in self._days:
                self._add(site, [self._make_visit(chance, day) for _ in range(visits_a_day)])

    def change(self, chance: random.Random) -> None:
        """Add visits of today and of the days that are read again, sometimes of a new page."""
        site = chance.choice(list(self._views))
        days = [chance.randint(-1, LATE_DAYS - 1) for _ in range(self._visits_of_a_change)]
        self._add(site, [self._make_visit(chance, number) for number in days])

    def add_visit(self, chance: random.Random, days_before_the_last: int) -> None:
        """Add a visit of another day."""
        self._add(next(iter(self._views)), [self._make_visit(chance, days_before_the_last)])

    def list_rows(self) -> Tables:
        """Count the visits, as GoatCounter's help pages say that they are counted."""
        return {
            "sites": [{"id": site, "cname": HOSTS[site - 1]} for site in self._views],
            "paths": self._list_for_each_site(_list_paths),
            "hits": self._list_hits(),
            "total_daily": self._list_for_each_site(self._count_days),
            "path_daily": self._list_for_each_site(self._count_paths_by_day),
            "browsers": self._count_by("name", lambda view: BROWSERS[view.hit.user_agent][0]),
            "systems": self._count_by("name", lambda view: BROWSERS[view.hit.user_agent][1]),
            "locations": self._count_by("id", lambda view: view.hit.location),
            "sizes": self._list_for_each_site(self._count_sizes),
            "toprefs": self._count_by("name", lambda view: view.hit.ref),
        }

    def _find_day(self, days_before_the_last: int) -> date:
        return self._last_day - timedelta(days=days_before_the_last)

    def _make_visit(self, chance: random.Random, days_before_the_last: int) -> list[Hit]:
        """Make one to three views of a new visitor, all within the first minutes of a day.

        Those of today must not lie in the future.
        """
        self._sessions += 1
        day = self._find_day(days_before_the_last)
        midnight = datetime.combine(day, time(), UTC)
        hour = chance.randrange(24) if days_before_the_last >= 0 else 0
        agent, size = chance.choice(list(BROWSERS)), chance.choice(list(SIZES))
        country, ref = chance.choice(COUNTRIES), chance.choice(REFERRERS)
        pages = {**PAGES, f"/new/{chance.randrange(30)}": "New"}
        return [
            Hit(
                path=path,
                title=pages[path],
                event=not path.startswith("/"),
                session=f"session {self._sessions}",
                created_at=midnight + timedelta(hours=hour),
                user_agent=agent,
                location=country,
                ref=ref,
                size=size,
            )
            for path in chance.choices(list(pages), k=chance.randint(1, 3))
        ]

    def _add(self, site: int, visits: Iterable[Sequence[Hit]]) -> None:
        """Store visits; of a visitor's views of one page, the first counts."""
        for hits in visits:
            seen: set[str] = set()
            for hit in hits:
                self._views[site].append(View(hit, hit.path not in seen))
                seen.add(hit.path)
            self.sandbox.add_hits(site, hits)

    def _list_for_each_site(self, rows: Callable[[Sequence[View]], Iterable[Row]]) -> list[Row]:
        return [
            {"site_id": site, **row} for site, views in self._views.items() for row in rows(views)
        ]

    def _list_visitors(self, views: Iterable[View]) -> list[View]:
        """Return the views that count, of days that are over."""
        return [view for view in views if view.first and view.day <= self._last_day]

    def _list_hits(self) -> list[Row]:
        return [
            {
                "site_id": site,
                "path": row["Path"],
                "title": row["Title"],
                "event": row["Event"] == "1",
                "user_agent": row["UserAgent"],
                "browser": row["Browser"].strip(),
                "system": row["System"].strip(),
                "session": row["Session"],
                "bot": int(row["Bot"]),
                "referrer": row["Referrer"],
                "referrer_scheme": row["Referrer scheme"],
                "screen_size": row["Screen size"],
                "location": row["Location"],
                "first_visit": row["FirstVisit"] == "1",
                "date": datetime.fromisoformat(row["Date"]),
            }
            for site in self._views
            for row in self.sandbox.expected_hits(site)
        ]

    def _count_days(self, views: Sequence[View]) -> Iterator[Row]:
        by_day = _group(self._list_visitors(views), lambda view: view.day)
        for day in map(self._find_day, self._days):
            yield {"day": day, **_count_day(by_day[day])}

    def _count_paths_by_day(self, views: Sequence[View]) -> Iterator[Row]:
        groups = _group(self._list_visitors(views), lambda view: (view.hit.path, view.day))
        for (path, day), found in groups.items():
            hit = found[0].hit
            about = {"path": path, "title": hit.title, "event": hit.event}
            yield {**about, "day": day, **_count_day(found)}

    def _count_by(self, column: str, key: Callable[[View], str]) -> list[Row]:
        def count(views: Sequence[View]) -> Iterator[Row]:
            counts = Counter((key(view), view.day) for view in self._list_visitors(views))
            for (name, day), count in counts.items():
                yield {column: name or NAMELESS, "day": day, "count": count}

        return self._list_for_each_site(count)

    def _count_sizes(self, views: Sequence[View]) -> Iterator[Row]:
        """Count by groups of screens, of which GoatCounter also lists those without visitors."""
        counts = Counter((SIZES[view.hit.size], view.day) for view in self._list_visitors(views))
        for group in SIZES.values():
            for day in map(self._find_day, self._days):
                yield {"id": group, "day": day, "count": counts[group, day]}


def _list_paths(views: Sequence[View]) -> Iterator[Row]:
    hits = {view.hit.path: view.hit for view in views}
    return ({"path": hit.path, "title": hit.title, "event": hit.event} for hit in hits.values())


def _count_day(views: Sequence[View]) -> Row:
    by_hour = Counter(view.moment.hour for view in views)
    return {"daily": len(views), "hourly": [by_hour[hour] for hour in range(24)]}


def _group(views: Iterable[View], key: Callable[[View], T]) -> dict[T, list[View]]:
    groups: dict[T, list[View]] = defaultdict(list)
    for view in views:
        groups[key(view)].append(view)
    return groups
