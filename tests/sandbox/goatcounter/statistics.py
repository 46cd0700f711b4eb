"""Visitors by path, day and hour."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NotRequired, TypedDict

from tests.sandbox.goatcounter.parameters import GROUPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from tests.sandbox.goatcounter.generation import Generation
    from tests.sandbox.goatcounter.parameters import Window
    from tests.sandbox.goatcounter.store import Path, Visit

HOURS = 24
_HALF_AN_HOUR = timedelta(minutes=30)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = 7


class Day(TypedDict):
    """Visitors of one day; the longer sums are there only where they are not 0."""

    day: str
    hourly: list[int]
    daily: int
    weekly: NotRequired[int]
    monthly: NotRequired[int]


class PathItem(TypedDict):
    """Visitors of one path."""

    count: int
    path_id: int
    path: str
    event: bool
    title: str
    max: int
    stats: list[Day]


@dataclass(frozen=True)
class Question:
    """What statistics are about."""

    window: Window
    generation: Generation
    zone: ZoneInfo
    """Time zone of the token's owner."""
    now: datetime
    paths: Collection[int] | None = None
    """Ids of the paths counted; None for all."""
    excluded: Collection[int] = ()
    """Ids of paths left out."""
    group: int = 0
    """What the highest count is taken over, as a place in ``GROUPS``."""

    @property
    def offset(self) -> timedelta:
        """The owner's present distance from UTC, which is applied to all history."""
        return self.now.astimezone(self.zone).utcoffset() or timedelta()

    def concerns(self, path: Path) -> bool:
        """Whether a path is counted."""
        chosen = self.paths is None or path.id in self.paths
        return chosen and path.id not in self.excluded

    def visitors(self, visits: Iterable[Visit]) -> Iterable[Visit]:
        """The visitors whose hour begins within the window."""
        return self._between(visits, *self.window.wall_clock)

    def visitors_in_owners_window(self, visits: Iterable[Visit]) -> Iterable[Visit]:
        """The same for a window whose ends are the owner's wall clock taken as UTC."""
        ends = (self.window.start, self.window.end)
        start, end = (moment.astimezone(self.zone).replace(tzinfo=UTC) for moment in ends)
        return self._between(visits, start, end)

    def _between(
        self,
        visits: Iterable[Visit],
        start: datetime,
        end: datetime,
    ) -> Iterable[Visit]:
        return (
            visit
            for visit in visits
            if visit.first and start <= visit.hour <= end and self.concerns(visit.path)
        )


def total(visits: list[Visit], question: Question) -> dict[str, object]:
    """Visitors of all paths together, by day and hour."""
    found = list(question.visitors(visits))
    return {
        "total": len(found),
        "total_events": sum(visit.path.event for visit in found),
        "total_utc": sum(1 for _ in question.visitors_in_owners_window(visits)),
        "stats": _days(Counter(visit.hour for visit in found), question),
    }


def hits(visits: list[Visit], question: Question, limit: int) -> dict[str, object]:
    """Visitors of each path, by day and hour; the most visited paths first."""
    paths: dict[int, Path] = {}
    hours: dict[int, Counter[datetime]] = defaultdict(Counter)
    for visit in question.visitors(visits):
        paths[visit.path.id] = visit.path
        hours[visit.path.id][visit.hour] += 1
    ids = sorted(hours, key=lambda path_id: (-hours[path_id].total(), -path_id))
    items = [_item(paths[path_id], hours[path_id], question) for path_id in ids[:limit]]
    if not question.generation.lists_whole_local_days:
        items.sort(key=lambda item: item["count"], reverse=True)
    seen = sum(item["count"] for item in items)
    return {"hits": items, "total": seen, "more": len(ids) > limit}


def _item(path: Path, hours: Counter[datetime], question: Question) -> PathItem:
    days = _days(hours, question)
    whole = question.generation.lists_whole_local_days
    return {
        "count": hours.total() if whole else sum(day["daily"] for day in days),
        "path_id": path.id,
        "path": path.path,
        "event": path.event,
        "title": path.title,
        "max": _highest(days, question.group),
        "stats": days,
    }


def _highest(days: list[Day], group: int) -> int:
    counts = {
        "hour": (max(day["hourly"]) for day in days),
        "day": (day["daily"] for day in days),
        "week": (day.get("weekly", 0) for day in days),
        "month": (day.get("monthly", 0) for day in days),
    }
    return max(counts[GROUPS[group]], default=0)


def _days(hours: Mapping[datetime, int], question: Question) -> list[Day]:
    table = {day: [0] * HOURS for day in _listed_days(question)}
    shift = _shift(question)
    for hour, count in hours.items():
        local = hour + shift
        if local.date() in table:
            table[local.date()][local.hour] += count
    days: list[Day] = [
        {"day": day.isoformat(), "hourly": counts, "daily": sum(counts)}
        for day, counts in table.items()
    ]
    if question.generation.knows_group:
        _add_longer_sums(days)
    return days


def _shift(question: Question) -> timedelta:
    """How far buckets move: by whole hours on the older server, and half an hour is rounded up.

    Known is only that both servers give whole days and that their hours differ by one in zones of
    half hours. The direction of the rounding is a guess: no recording has such a zone.
    """
    if question.generation.lists_whole_local_days:
        return question.offset
    return (question.offset + _HALF_AN_HOUR) // _HOUR * _HOUR


def _listed_days(question: Question) -> list[date]:
    start, end = question.window.wall_clock
    if question.generation.lists_whole_local_days:
        return _days_between(start + question.offset, end + question.offset)
    days = _days_between(start, end)
    if question.offset > timedelta():
        return days[1:] or days
    return days[:-1] if question.offset < timedelta() else days


def _days_between(start: datetime, end: datetime) -> list[date]:
    if end < start:
        return []
    return [start.date() + number * _DAY for number in range((end.date() - start.date()).days + 1)]


def _add_longer_sums(days: list[Day]) -> None:
    """Adds sums of weeks and months that begin in the answer, where they are not 0.

    Weeks are counted from the first day listed; a month that has begun before counts from there.
    """
    starts = [i for i, day in enumerate(days) if i == 0 or day["day"].endswith("-01")]
    for first, count in _sums(days, range(0, len(days), _WEEK)):
        days[first]["weekly"] = count
    for first, count in _sums(days, starts):
        days[first]["monthly"] = count


def _sums(days: list[Day], starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Sums, where they are not 0, from each start to the next."""
    for first, following in itertools.pairwise([*starts, len(days)]):
        if count := sum(day["daily"] for day in days[first:following]):
            yield first, count
