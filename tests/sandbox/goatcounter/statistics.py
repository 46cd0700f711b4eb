"""Visitors by path, day and hour."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from tests.sandbox.goatcounter.generation import Generation
    from tests.sandbox.goatcounter.parameters import Window
    from tests.sandbox.goatcounter.store import Path, Visit

HOURS = 24
WEEK = 7
ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)

Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What statistics are about."""

    window: Window
    generation: Generation
    zone: ZoneInfo
    """Time zone of the token's owner."""
    now: datetime
    paths: Collection[int] = ()
    """Ids of the paths counted; all if there are none."""
    excluded: Collection[int] = ()
    """Ids of paths left out."""
    by_day: bool = False
    """Whether the highest count is that of a day instead of an hour."""

    @property
    def offset(self) -> timedelta:
        """The owner's present distance from UTC, which is applied to all history."""
        return self.now.astimezone(self.zone).utcoffset() or timedelta()

    def select_visitors(self, visits: Iterable[Visit]) -> list[Visit]:
        """Return the visitors whose hour begins within the window."""
        start, end = self.window.start, self.window.end
        return [
            visit
            for visit in visits
            if visit.first and start <= visit.hour <= end and self._concerns(visit.path)
        ]

    def select_visitors_of_days(self, visits: Iterable[Visit]) -> list[Visit]:
        """Return those of whole UTC days, from the owner's date of the start to that of the end."""
        start, end = (
            moment.astimezone(self.zone).date() for moment in (self.window.start, self.window.end)
        )
        return [
            visit
            for visit in visits
            if visit.first and start <= visit.hour.date() <= end and self._concerns(visit.path)
        ]

    def _concerns(self, path: Path) -> bool:
        return (not self.paths or path.id in self.paths) and path.id not in self.excluded


def count_total(visits: list[Visit], question: Question) -> Row:
    """Count visitors of all paths together, by day and hour."""
    found = question.select_visitors(visits)
    return {
        "total": len(found),
        "total_events": sum(visit.path.event for visit in found),
        "total_utc": len(found),
        "stats": _list_days(Counter(visit.hour for visit in found), question),
    }


def count_by_path(visits: list[Visit], question: Question, limit: int) -> Row:
    """Count visitors of each path, by day and hour; the most visited paths come first."""
    paths: dict[int, Path] = {}
    hours: dict[int, Counter[datetime]] = defaultdict(Counter)
    for visit in question.select_visitors(visits):
        paths[visit.path.id] = visit.path
        hours[visit.path.id][visit.hour] += 1
    ids = sorted(hours, key=lambda path_id: (-hours[path_id].total(), -path_id))
    items = [_build_item(paths[path_id], hours[path_id], question) for path_id in ids[:limit]]
    if not question.generation.lists_whole_local_days:
        items.sort(key=lambda item: item["count"], reverse=True)
    return {
        "hits": items,
        "total": sum(item["count"] for item in items),
        "more": len(ids) > limit,
    }


def _build_item(path: Path, hours: Counter[datetime], question: Question) -> Row:
    days = _list_days(hours, question)
    whole = question.generation.lists_whole_local_days
    return {
        "count": hours.total() if whole else sum(day["daily"] for day in days),
        "path_id": path.id,
        "path": path.path,
        "event": path.event,
        "title": path.title,
        "max": max(
            (day["daily"] if question.by_day else max(day["hourly"]) for day in days), default=0
        ),
        "stats": days,
    }


def _list_days(hours: Mapping[datetime, int], question: Question) -> list[Row]:
    table = {day: [0] * HOURS for day in _select_days(question)}
    shift = _shift_of(question)
    for hour, count in hours.items():
        local = hour + shift
        if local.date() in table:
            table[local.date()][local.hour] += count
    days: list[Row] = [
        {"day": day.isoformat(), "hourly": counts, "daily": sum(counts)}
        for day, counts in table.items()
    ]
    if question.generation.knows_group:
        _add_longer_sums(days)
    return days


def _shift_of(question: Question) -> timedelta:
    """Return how far hours move: by whole ones on the older server, half an hour is rounded up.

    Known is only that both servers give whole days and that their hours differ by one in zones of
    half hours. The direction of the rounding is a guess: no recording has such a zone.
    """
    if question.generation.lists_whole_local_days:
        return question.offset
    return (question.offset + ONE_HOUR / 2) // ONE_HOUR * ONE_HOUR


def _select_days(question: Question) -> list[date]:
    start, end = question.window.start, question.window.end
    if question.generation.lists_whole_local_days:
        return _days_between(start + question.offset, end + question.offset)
    days = _days_between(start, end)
    if question.offset > timedelta():
        return days[1:] or days
    return days[:-1] if question.offset < timedelta() else days


def _days_between(start: datetime, end: datetime) -> list[date]:
    return [
        start.date() + number * ONE_DAY for number in range((end.date() - start.date()).days + 1)
    ]


def _add_longer_sums(days: list[Row]) -> None:
    """Add sums of weeks and months that begin in the response, where they are not 0.

    Weeks are counted from the first day listed; a month that has begun before counts from there.
    """
    starts = [i for i, day in enumerate(days) if i == 0 or day["day"].endswith("-01")]
    for first, count in _sum_between(days, range(0, len(days), WEEK)):
        days[first]["weekly"] = count
    for first, count in _sum_between(days, starts):
        days[first]["monthly"] = count


def _sum_between(days: list[Row], starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield sums, where they are not 0, from each start to the next."""
    for first, following in itertools.pairwise([*starts, len(days)]):
        if count := sum(day["daily"] for day in days[first:following]):
            yield first, count
