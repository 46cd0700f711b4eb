"""One studio of a tenant, with everything in it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import members, offers
from tests.sandbox.studio_openapi.records import Invented, Record, Registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_STEP = 7
"""Between the ids of customers, so that there are gaps."""


class Studio:
    """What one key opens. Its attributes may be changed while the tenant serves.

    Customers, their contracts and check-ins are invented when they are read, and kept from when
    they are taken by index: ``studio.contracts[customer_id].append(...)``.
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

        self._statuses = statuses
        self._first_customer = 1_210_300_000 + 10_000_000_000 * place
        last = self._first_customer + _STEP * customer_count
        ids = range(self._first_customer, last, _STEP)
        self.information: Record = offers.invent_information(self)
        self.employees: list[Record] = offers.invent_records(
            self, "GET /v1/employees", range(8123, 8193)
        )
        self.additional_information_fields: list[Record] = (
            offers.invent_additional_information_fields(self)
        )
        self.classes: list[Record] = offers.invent_classes(self, class_count)
        self.bookable_appointments: list[Record] = offers.invent_records(
            self, "GET /v1/appointments/bookable", range(201, 204)
        )
        self.customers = Registry(partial(members.invent_customer, self), ids)
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
        if (kept := self.customers.kept().get(customer_id)) is not None:
            return str(kept["status"])
        return self._statuses[self.place_of(customer_id) % len(self._statuses)]

    @cached_property
    def class_slots(self) -> list[Record]:
        """The slots of all classes, ordered by time."""
        return offers.invent_class_slots(self, self.classes)

    def add_customer(self, **fields: object) -> Record:
        """Add a customer with the highest id so far.

        Args:
            fields: Fields that are not invented; ``status`` is usual.

        Returns:
            The customer, which may be changed.
        """
        newest = max(self.customers, default=self._first_customer - _STEP)
        number = newest + _STEP
        self.customers[number] = {**members.invent_customer(self, number), **fields}
        return self.customers[number]
