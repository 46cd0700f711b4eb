"""Paths, and their visitors by day and hour."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tests.sandbox.goatcounter.call import ApiError, json_response
from tests.sandbox.goatcounter.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from starlette.responses import Response

    from tests.sandbox.goatcounter.call import Context
    from tests.sandbox.goatcounter.hits import Path, Visit
    from tests.sandbox.goatcounter.state import Generation

DEFAULT_LIMIT = 20
MAX_PATHS = 200
MAX_ROWS = 100
HOURS = 24
WEEK = 7
ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)

Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What statistics are about.

    Attributes:
        start: The first moment of the window.
        end: Its last moment.
        paths: Ids of the paths counted; all if there are none.
        excluded: Ids of paths left out.
        by_day: Whether the highest count is that of a day instead of an hour.
    """

    context: Context
    start: datetime
    end: datetime
    limit: int
    offset: int
    paths: Collection[int]
    excluded: Collection[int]
    by_day: bool

    @property
    def generation(self) -> Generation:
        """Which server is asked."""
        return self.context.generation

    @property
    def utc_offset(self) -> timedelta:
        """The present distance from UTC of the token's owner, which is applied to all history."""
        zone = self.context.token.user.zone
        return self.context.now.astimezone(zone).utcoffset() or timedelta()

    def select_visitors(self) -> list[Visit]:
        """Return the visitors whose hour begins within the window."""
        return [visit for visit in self._list_visitors() if self.start <= visit.hour <= self.end]

    def select_visitors_of_days(self) -> list[Visit]:
        """Return those of whole UTC days, from the owner's date of the start to that of the end."""
        zone = self.context.token.user.zone
        start, end = (moment.astimezone(zone).date() for moment in (self.start, self.end))
        return [visit for visit in self._list_visitors() if start <= visit.hour.date() <= end]

    def check_cost(self) -> None:
        """Check that the window is not too long for the database.

        Raises:
            ApiError: It is.
        """
        max_days = self.context.state.query_days_limit
        if max_days is not None and self.end - self.start > max_days * ONE_DAY:
            raise ApiError(HTTPStatus.GATEWAY_TIMEOUT, "server timed out loading data")

    def _list_visitors(self) -> Iterator[Visit]:
        for visit in self.context.state.store.visits[self.context.site.id]:
            number = visit.path.id
            is_wanted = not self.paths or number in self.paths
            if visit.first and is_wanted and number not in self.excluded:
                yield visit


def read_question(context: Context, *known: str) -> Question:
    """Return what a request asks for; the last eight days if it names none.

    Args:
        context: The request.
        known: The parameters that the endpoint has beside those of all statistics.
    """
    values = context.read_query({"start", "end", "include_paths", *known})
    today = datetime.combine(context.now.date(), time(), UTC)
    start, end = (values.get(name) for name in ("start", "end"))
    return Question(
        context,
        start=parse_time(start) if start else today - timedelta(days=7),
        end=parse_time(end) if end else today + ONE_DAY - timedelta(microseconds=1),
        limit=_read_limit(context, values, MAX_ROWS),
        offset=int(values.get("offset", 0)),
        paths=_read_numbers(values, "include_paths"),
        excluded=_read_numbers(values, "exclude_paths"),
        by_day="group" in values,
    )


def list_paths(context: Context) -> Response:
    """Answer ``GET /paths``: pages and events."""
    values = context.read_query({"limit", "after"})
    limit = _read_limit(context, values, MAX_PATHS)
    after = int(values.get("after", 0))
    found = [path for path in context.state.store.list_paths(context.site) if path.id > after]
    if context.generation.is_newer:
        found.sort(key=lambda path: (path.path.encode(), path.id))
    items = [
        {"id": path.id, "path": path.path, "title": path.title, "event": path.event}
        for path in found[:limit]
    ]
    return json_response({"paths": items, "more": len(found) > limit})


def count_total(context: Context) -> Response:
    """Answer ``GET /stats/total``: visitors of all paths together, by day and hour."""
    question = read_question(context)
    question.check_cost()
    found = question.select_visitors()
    content = {
        "total": len(found),
        "total_events": sum(visit.path.event for visit in found),
        "total_utc": len(found),
        "stats": _list_days(Counter(visit.hour for visit in found), question),
    }
    return json_response(content)


def count_by_path(context: Context) -> Response:
    """Answer ``GET /stats/hits``: visitors of each path; the most visited paths come first."""
    group = ["group"] if context.generation.is_newer else []
    question = read_question(context, "limit", "exclude_paths", *group)
    question.check_cost()
    paths: dict[int, Path] = {}
    hours: dict[int, Counter[datetime]] = defaultdict(Counter)
    for visit in question.select_visitors():
        paths[visit.path.id] = visit.path
        hours[visit.path.id][visit.hour] += 1
    ids = sorted(hours, key=lambda path_id: (-hours[path_id].total(), -path_id))
    listed = ids[: question.limit]
    items = [_build_item(paths[path_id], hours[path_id], question) for path_id in listed]
    if not context.generation.is_newer:
        items.sort(key=lambda item: item["count"], reverse=True)
    total = sum(item["count"] for item in items)
    return json_response({"hits": items, "total": total, "more": len(ids) > question.limit})


def _read_limit(context: Context, values: Mapping[str, str], usual_cap: int) -> int:
    """Return the size of a page: at least 1, at most the cap."""
    api_max = context.state.api_max
    cap = usual_cap if api_max is None else api_max
    return min(max(int(values.get("limit", DEFAULT_LIMIT)), 1), cap)


def _read_numbers(values: Mapping[str, str], name: str) -> set[int]:
    return {int(item) for item in values.get(name, "").split(",") if item}


def _build_item(path: Path, hours: Counter[datetime], question: Question) -> Row:
    days = _list_days(hours, question)
    is_newer = question.generation.is_newer
    highest = (day["daily"] if question.by_day else max(day["hourly"]) for day in days)
    return {
        "count": hours.total() if is_newer else sum(day["daily"] for day in days),
        "path_id": path.id,
        "path": path.path,
        "event": path.event,
        "title": path.title,
        "max": max(highest, default=0),
        "stats": days,
    }


def _list_days(hours: Mapping[datetime, int], question: Question) -> list[Row]:
    table = {day: [0] * HOURS for day in _select_days(question)}
    shift = _find_shift(question)
    for hour, count in hours.items():
        local = hour + shift
        if local.date() in table:
            table[local.date()][local.hour] += count
    days: list[Row] = [
        {"day": day.isoformat(), "hourly": counts, "daily": sum(counts)}
        for day, counts in table.items()
    ]
    if question.generation.is_newer:
        _add_longer_sums(days)
    return days


def _find_shift(question: Question) -> timedelta:
    """Return how far hours move: by whole ones on the older server, half an hour is rounded up.

    Known is only that both servers give whole days and that their hours differ by one in zones of
    half hours. The direction of the rounding is a guess: no recording has such a zone.
    """
    if question.generation.is_newer:
        return question.utc_offset
    return (question.utc_offset + ONE_HOUR / 2) // ONE_HOUR * ONE_HOUR


def _select_days(question: Question) -> list[date]:
    """Return the days listed.

    The older server works on whole UTC days and drops the one that the shift has torn.
    """
    offset = question.utc_offset
    if question.generation.is_newer:
        return _list_dates(question.start + offset, question.end + offset)
    days = _list_dates(question.start, question.end)
    if offset > timedelta():
        return days[1:] or days
    return days[:-1] if offset < timedelta() else days


def _list_dates(start: datetime, end: datetime) -> list[date]:
    count = (end.date() - start.date()).days + 1
    return [start.date() + number * ONE_DAY for number in range(count)]


def _add_longer_sums(days: list[Row]) -> None:
    """Add sums of weeks and months that begin in the response, where they are not 0.

    Weeks are counted from the first day listed; a month that has begun before counts from there.
    """
    weeks = range(0, len(days), WEEK)
    months = [i for i, day in enumerate(days) if i == 0 or day["day"].endswith("-01")]
    starts: tuple[tuple[str, Iterable[int]], ...] = (("weekly", weeks), ("monthly", months))
    for name, firsts in starts:
        for first, following in itertools.pairwise([*firsts, len(days)]):
            if count := sum(day["daily"] for day in days[first:following]):
                days[first][name] = count
