"""A GoatCounter with a month of invented visitors, and more of them on demand."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter, Hit, demonstration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.demo.questions import Rows
    from tests.demo.source import Source

SITE_ID = 1
BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0"
COUNTRIES = {
    "DE": "Germany",
    "FR": "France",
    "JP": "Japan",
    "NL": "Netherlands",
    "US": "United States",
    "": "(unknown)",
}
VISITORS_TODAY = 40
VISITORS_YESTERDAY = 20


@contextlib.contextmanager
def serve() -> Iterator[Source]:
    """Serve until the block is left."""
    sandbox = GoatCounter(Generation.V2_7, limits=UNLIMITED)
    demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield GoatCounterSource(sandbox, url)


class GoatCounterSource:
    """The server's one site."""

    sent_again: Mapping[str, int] = {"hits": 0}
    changed: Mapping[str, int] = {"hits": 0}

    def __init__(self, sandbox: GoatCounter, url: str) -> None:
        """Describe a server that serves at `url`."""
        self._sandbox = sandbox
        self.settings: Mapping[str, str] = {
            "TAP_GOATCOUNTER_SITE_URL": url,
            "TAP_GOATCOUNTER_TOKEN": demonstration.TOKEN,
            "TAP_GOATCOUNTER_REQUESTS_PER_SECOND": "1000",
        }

    def count_rows(self) -> Mapping[str, int]:
        """Count the rows of a copy; statistics end with yesterday."""
        hits = self._sandbox.expected_hits(SITE_ID)
        today = datetime.now(UTC).date()
        visits = {(hit["Path"], _get_day(hit)) for hit in hits if hit["FirstVisit"] == "1"}
        return {
            "sites": 1,
            "paths": len({hit["Path"] for hit in hits}),
            "hits": len(hits),
            "path_daily": sum(day < today for _, day in visits),
        }

    def answer_questions(self) -> Mapping[str, Rows]:
        """Count visitors of days that are over: first views of a page in a session."""
        today = datetime.now(UTC).date()
        hits = self._sandbox.expected_hits(SITE_ID)
        visits = [hit for hit in hits if hit["FirstVisit"] == "1" and _get_day(hit) < today]
        pages = Counter(hit["Path"] for hit in visits if hit["Event"] == "0")
        countries = Counter(COUNTRIES[hit["Location"][:2]] for hit in visits)
        days = Counter(map(_get_day, visits))
        return {
            "visitors_per_day": [
                (day.isoformat(), days[day]) for day in _list_days(_find_first_day(hits), today)
            ],
            "top_pages": _find_most(pages),
            "countries": _find_most(countries),
        }

    def grow(self) -> str:
        """Add visitors of today and late ones of yesterday, and a page that was not there."""
        now = datetime.now(UTC)
        today = [_make_view("/blog/news", f"today {n}", now) for n in range(VISITORS_TODAY)]
        yesterday = now - timedelta(days=1)
        late = [_make_view("/pricing", f"late {n}", yesterday) for n in range(VISITORS_YESTERDAY)]
        self._sandbox.add_hits(SITE_ID, [*today, *late])
        return (
            f"{len(today)} visitors have found a new page just now, "
            f"and {len(late)} of yesterday are counted late."
        )


def _make_view(path: str, session: str, moment: datetime) -> Hit:
    return Hit(path=path, session=session, created_at=moment, user_agent=BROWSER, location="FR")


def _find_most(counted: Counter[str]) -> Rows:
    return [*sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:10]]


def _find_first_day(hits: Sequence[Mapping[str, str]]) -> date:
    """Return the day from which the server counts, half a day before the first hit."""
    first = min(datetime.fromisoformat(hit["Date"]) for hit in hits)
    return (first - timedelta(hours=12)).date()


def _list_days(first: date, end: date) -> list[date]:
    return [first + timedelta(days) for days in range((end - first).days)]


def _get_day(hit: Mapping[str, str]) -> date:
    return datetime.fromisoformat(hit["Date"]).date()
