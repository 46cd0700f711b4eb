"""One studio of a tenant, with everything in it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import members, moments
from tests.sandbox.studio_openapi.records import Invented, Record
from tests.sandbox.studio_openapi.sketches import draw, sketch

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEP = 7
"""Between the ids of customers, so that there are gaps."""
_FIRST_CLASS = 4107
"""Ids of classes and slots are the same in all studios, as they are unique in each alone."""
_DAYS_OF_SLOTS = range(-30, 46)
_HOURS_OF_SLOTS = (9, 18)


class Studio:
    """What one key opens. Its attributes may be changed while the tenant serves.

    Contracts and check-ins are invented when they are read, and kept from when they are taken by
    index: ``studio.contracts[customer_id].append(...)``.
    """

    def __init__(
        self,
        place: int,
        name: str,
        today: date,
        *,
        customer_count: int,
        statuses: Sequence[str] = members.USUAL_MIX,
        checkins_each: int = 12,
        class_count: int = 6,
    ) -> None:
        """Open a studio.

        Args:
            place: Among the studios of the tenant, from zero.
            name: What it is called.
            today: The day around which its data lie.
            customer_count: How many customers it has, of all statuses together.
            statuses: What customers are, in turn.
            checkins_each: Check-ins of a usual customer in two years; others have none, twice or
                six times as many.
            class_count: How many classes it has; the last one has no slots.
        """
        self.place = place
        self.name = name
        self.today = today
        self.checkins_each = checkins_each
        self.id = 1_210_005_521 + 1000 * place
        self.opted_out: set[int] = set()
        """Customers that do not allow access by third parties."""

        self._first_customer = 1_210_300_000 + 10_000_000_000 * place
        self.information: Record = {
            **sketch("/v1/studios/information", 0, today),
            "name": name,
            "studioId": self.id,
        }
        self.employees = draw("/v1/employees", today, range(8123, 8193))
        self.additional_information_fields = draw(
            "/v1/customers/additional-information-fields", today, range(501, 506)
        )
        self.classes = draw("/v1/classes", today, range(_FIRST_CLASS, _FIRST_CLASS + class_count))
        self.bookable_appointments = draw("/v1/appointments/bookable", today, range(201, 204))
        self.customers: dict[int, Record] = {}
        for number in range(customer_count):
            self.add_customer(status=statuses[number % len(statuses)])
        self.contracts = Invented(partial(members.invent_contracts, self))
        self.checkins = Invented(partial(members.invent_checkins, self))

    def id_of(self, place: int) -> int:
        """Return the id of a customer by the place among those that were there first."""
        return self._first_customer + _STEP * place

    def place_of(self, customer_id: int) -> int:
        """Return the place of a customer among those that were there first."""
        return (customer_id - self._first_customer) // _STEP

    def status_of(self, customer_id: int) -> str:
        """Return the status of a customer."""
        return str(self.customers[customer_id]["status"])

    @cached_property
    def class_slots(self) -> list[Record]:
        """The slots of all classes but the last, two a day, ordered by time."""
        return [
            self._invent_slot(offered, day, hour, 5 * place)
            for day in _DAYS_OF_SLOTS
            for hour in _HOURS_OF_SLOTS
            for place, offered in enumerate(self.classes[:-1])
        ]

    def _invent_slot(self, offered: Record, day: int, hour: int, minute: int) -> Record:
        number = 1000 * offered["id"] + 2 * (day - _DAYS_OF_SLOTS.start) + hour // 12
        begins = moments.to_moment(self.today + timedelta(day), hour, minute)
        return {
            **sketch("/v1/classes/slots", number, self.today),
            "id": number,
            "startDateTime": moments.format_zoned(begins),
            "endDateTime": moments.format_zoned(begins + timedelta(minutes=45)),
            "classInformation": {"id": offered["id"], "title": offered.get("title")},
        }

    def slots_between(self, first: date, last: date) -> list[Record]:
        """Return the slots of classes that begin on some days, both included."""
        start, end = first.isoformat(), last.isoformat()
        return [one for one in self.class_slots if start <= one["startDateTime"][:10] <= end]

    def add_customer(self, status: str) -> Record:
        """Add a customer with the highest id so far.

        Returns:
            The customer, which may be changed.
        """
        newest = next(reversed(self.customers), self._first_customer - _STEP)
        customer = members.invent_customer(self, newest + _STEP, status)
        self.customers[newest + _STEP] = customer
        return customer
