"""Three studios of a chain, where members come, move and join on demand."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import StudioOpenApi, demonstration, moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.demo.questions import Rows
    from tests.demo.source import Source
    from tests.sandbox.studio_openapi import Studio

VERSION = "1.12.1"
"""The first version with former members."""
FIRST_RUN_DAYS = 365
LOOK_BACK_DAYS = 7
VISITORS = (2, 4, 6)
"""Members of each studio who come, by their places in its list."""


@contextlib.contextmanager
def serve() -> Iterator[Source]:
    """Serve until the block is left."""
    tenant = StudioOpenApi(version=VERSION)
    demonstration.fill(tenant)
    with tenant.serve() as url:
        yield StudiosSource(tenant.studios, url)


class StudiosSource:
    """The studios of one tenant, each with a key of its own."""

    changed: Mapping[str, int] = {"customers": 1, "customer_checkins": 1, "customer_contracts": 0}

    def __init__(self, studios: list[Studio], url: str) -> None:
        """Describe studios that are served at `url`."""
        self._studios = studios
        self.sent_again: Mapping[str, int] = {}
        connections = [
            {"name": name, "base_url": url, "api_key": key}
            for name, key in demonstration.STUDIOS.items()
        ]
        self.settings: Mapping[str, str] = {
            "TAP_STUDIO_OPENAPI_CONNECTIONS": json.dumps(connections)
        }

    def count_rows(self) -> Mapping[str, int]:
        """Count the rows of a copy, which has only check-ins of the last year."""
        return {
            "studio": len(self._studios),
            "employees": sum(len(studio.employees) for studio in self._studios),
            "customers": sum(len(studio.customers) for studio in self._studios),
            "customer_contracts": sum(
                len(studio.contracts.peek(number)) for studio, number in self._list_readable()
            ),
            "customer_checkins": self._count_checkins(FIRST_RUN_DAYS),
        }

    def answer_questions(self) -> Mapping[str, Rows]:
        """Count customers and check-ins of all studios."""
        statuses: Counter[tuple[str, str]] = Counter()
        hours: Counter[int] = Counter()
        absences: Counter[tuple[str, str]] = Counter()
        for studio in self._studios:
            for number in studio.customers:
                status = studio.customers[number]["status"]
                statuses[studio.name, status.lower().replace("_", " ")] += 1
                visits = self._count_visits(studio, number)
                hours.update(visit.astimezone(moments.ZONE).hour for visit in visits)
                if status == "MEMBER":
                    absences[studio.name, _count_absence(visits)] += 1
        return {
            "members_by_status_and_studio": _list_counts(statuses),
            "checkins_per_hour": sorted(hours.items()),
            "absent_members": _list_counts(absences),
        }

    def _count_visits(self, studio: Studio, customer_id: int) -> list[datetime]:
        """Return when a customer came within a year, unless he does not allow to read it."""
        if customer_id in studio.opted_out:
            return []
        return [
            datetime.fromisoformat(visit["checkInDateTime"])
            for visit in studio.checkins.peek(customer_id)
            if _is_recent(visit, FIRST_RUN_DAYS)
        ]

    def grow(self) -> str:
        """Let members come, one of the others leave, one move, and somebody join."""
        self.sent_again = {"customer_checkins": self._count_checkins(LOOK_BACK_DAYS)}
        leaving, moving, joining = self._studios
        for studio in self._studios:
            for place in VISITORS:
                _check_in(studio, studio.id_of(place))
        inside = leaving.checkins[leaving.id_of(0)][-1]
        inside["checkOutDateTime"] = moments.format_with_offset(datetime.now(UTC))
        moving.customers[moving.id_of(0)]["city"] = "Eutin"
        newcomer = joining.add_customer(status="MEMBER")["id"]
        joining.checkins[newcomer] = []
        _check_in(joining, newcomer)
        visits = len(self._studios) * len(VISITORS) + 1
        return f"{visits} members have come, one has left, one has moved, and one is new."

    def _list_readable(self) -> Iterator[tuple[Studio, int]]:
        """Return all customers who have not switched off access."""
        for studio in self._studios:
            for number in studio.customers:
                if number not in studio.opted_out:
                    yield studio, number

    def _count_checkins(self, days: int) -> int:
        """Count the check-ins since so many days ago, up to today by the tap's clock."""
        return sum(
            _is_recent(checkin, days)
            for studio, number in self._list_readable()
            for checkin in studio.checkins.peek(number)
        )


def _check_in(studio: Studio, customer_id: int) -> None:
    """Let a customer have come, early enough to be of today or yesterday in every zone."""
    visits = studio.checkins[customer_id]
    begun = datetime.now(UTC) - timedelta(hours=3)
    visits.append(
        {
            "checkinId": 1000 * customer_id + len(visits),
            "checkInDateTime": moments.format_with_offset(begun),
            "checkOutDateTime": moments.format_with_offset(begun + timedelta(hours=1)),
            "studioId": studio.id,
            "studioName": studio.name,
        }
    )


def _is_recent(checkin: Mapping[str, str], days: int) -> bool:
    """Return whether a check-in is of the last days by the tap's clock, today included.

    By the clock of a studio, tomorrow may have begun.
    """
    today = datetime.now(UTC).date()
    day = datetime.fromisoformat(checkin["checkInDateTime"]).date()
    return today - timedelta(days) <= day <= today


def _count_absence(visits: Sequence[datetime]) -> str:
    if not visits:
        return "not in a year"
    days = datetime.now(UTC).date() - max(visits).astimezone(UTC).date()
    return "more than 30 days" if days > timedelta(30) else "30 days or less"


def _list_counts(counted: Counter[tuple[str, str]]) -> Rows:
    return [(*names, count) for names, count in sorted(counted.items())]
