"""One studio of a tenant, with everything in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tests.sandbox.studio_openapi.contents import (
    accounts,
    checkins,
    classes,
    contracts,
    customers,
    idle_periods,
    premises,
)
from tests.sandbox.studio_openapi.contents.statuses import USUAL_MIX
from tests.sandbox.studio_openapi.records import Invented, Record, Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

Value = TypeVar("Value")

_STEP = 7
"""Between the ids of customers, so that there are gaps."""


class Studio:
    """What one key opens. All of it may be changed while the tenant serves.

    What belongs to single customers is invented when it is read, and kept from when it is taken by
    index: ``studio.contracts[customer_id].append(...)``.
    """

    def __init__(
        self,
        place: int,
        name: str,
        today: date,
        *,
        customer_count: int,
        statuses: Sequence[str] = USUAL_MIX,
        checkins_each: int = 12,
        class_count: int = 6,
    ) -> None:
        """Opens a studio.

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
        self.language = "de"
        self.opted_out: set[int] = set()
        """Customers that do not allow access by third parties."""

        self._statuses = statuses
        self._first_customer = 1_210_300_000 + 10_000_000_000 * place
        last = self._first_customer + _STEP * customer_count
        ids = range(self._first_customer, last, _STEP)
        self._add_premises()
        self.customers = Registry(lambda number: customers.invented(self, number), ids)
        self._add_belongings()
        self.classes = classes.invented(self, class_count)
        self.class_slots = classes.slots(self, self.classes)

    def _add_premises(self) -> None:
        self.information = premises.information(self)
        self.utilization = premises.utilization()
        self.tags = premises.tags()
        self.employees = premises.records(self, "GET /v1/employees", range(8123, 8138))
        self.devices = premises.records(self, "GET /v1/devices", range(31, 34))
        self.additional_information_fields = premises.additional_information_fields(self)

    def _add_belongings(self) -> None:
        """Adds what belongs to customers and contracts, by the id of either."""
        of = self._belongings
        self.contracts = of(contracts.of_customer)
        self.idle_periods = of(idle_periods.of_contract)
        self.checkins = of(checkins.of_customer)
        self.balances = of(accounts.balance)
        self.transactions = of(accounts.past)
        self.upcoming_transactions = of(accounts.upcoming)

    def _belongings(self, invent: Callable[[Studio, int], Value]) -> Invented[Value]:
        return Invented(partial(invent, self))

    def place_of(self, customer_id: int) -> int:
        """How many customers of the studio were there first."""
        return (customer_id - self._first_customer) // _STEP

    def status_of(self, customer_id: int) -> str:
        """The status of a customer."""
        if (kept := self.customers.kept().get(customer_id)) is not None:
            return str(kept["status"])
        return self._statuses[self.place_of(customer_id) % len(self._statuses)]

    def add_customer(self, **fields: object) -> Record:
        """Adds a customer with the highest id so far.

        Args:
            fields: Fields that are not invented; ``status`` is usual.

        Returns:
            The customer, which may be changed.
        """
        newest = max(self.customers, default=self._first_customer - _STEP)
        number = newest + _STEP
        self.customers[number] = {**customers.invented(self, number), **fields}
        return self.customers[number]
