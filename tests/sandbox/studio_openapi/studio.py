"""One studio of a tenant, with everything in it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import members, offers
from tests.sandbox.studio_openapi.records import Invented, Record, Registry, duplicate
from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

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
        statuses: Sequence[str] = members.USUAL_MIX,
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
        self.opted_out: set[int] = set()
        """Customers that do not allow access by third parties."""

        self._statuses = statuses
        self._first_customer = 1_210_300_000 + 10_000_000_000 * place
        last = self._first_customer + _STEP * customer_count
        ids = range(self._first_customer, last, _STEP)
        self._add_premises()
        self._add_offers(class_count)
        self.customers: Registry = Registry(partial(members.invented_customer, self), ids)
        self._add_belongings()
        self._add_belongings_of_contracts()
        self._add_debts()

    def _add_premises(self) -> None:
        self.information: Record = offers.information(self)
        self.utilization: Record = offers.utilization()
        self.tags: list[Record] = offers.tags()
        self.employees: list[Record] = self._records("GET /v1/employees", range(8123, 8193))
        self.devices: list[Record] = self._records("GET /v1/devices", range(31, 34))
        self.additional_information_fields: list[Record] = offers.additional_information_fields(
            self
        )
        self.lead_config: Record = self._record("GET /v1/leads/config")
        self.member_lists: list[Record] = offers.member_lists(self)

    def _add_offers(self, class_count: int) -> None:
        module = "GET /v1/memberships/self-service/additional-modules"
        appointment = "GET /v1/appointments/bookable"
        self.classes: list[Record] = offers.classes(self, class_count)
        self.bookable_appointments: list[Record] = self._records(appointment, range(201, 204))
        self.membership_offers: list[Record] = offers.membership_offers(self)
        self.additional_modules: list[Record] = self._records(module, range(651, 655))
        self.contract_cancelation_reasons: list[Record] = offers.cancelation_reasons()
        self.trial_offer_appointments: list[Record] = offers.trial_offer_appointments(self)
        self.trial_offer_classes: list[Record] = offers.trial_offer_classes(self)
        self.trial_offer_configs: list[Record] = offers.trial_offer_configs(self)
        self.online_offers: list[Record] = offers.online_offers()

    def _add_belongings(self) -> None:
        """Adds what belongs to customers, by their ids."""
        each, one = self._each, self._one
        self.contracts: Invented[list[Record]] = each(members.contracts_of)
        self.checkins: Invented[list[Record]] = each(members.checkins_of)
        self.balances: Invented[Record] = one(members.balance_of)
        self.transactions: Invented[list[Record]] = each(members.charges_of)
        self.upcoming_transactions: Invented[list[Record]] = each(members.upcoming_charges_of)
        self.class_bookings: Invented[list[Record]] = each(members.class_bookings_of)
        self.appointment_bookings: Invented[list[Record]] = each(members.appointment_bookings_of)
        self.documents: Invented[list[Record]] = each(members.documents_of)
        self.benefits: Invented[list[Record]] = each(members.benefits_of)
        self.communication_preferences: Invented[list[Record]] = each(members.preferences_of)
        self.address_data: Invented[Record] = one(members.address_data)
        self.contact_data: Invented[Record] = one(members.contact_data)
        self.master_data: Invented[Record] = one(members.master_data)

    def _add_belongings_of_contracts(self) -> None:
        """Adds what belongs to contracts, by their ids."""
        self.idle_periods: Invented[Record] = self._one(members.idle_periods_of)
        self.idle_period_configs: Invented[Record] = self._one(members.idle_period_config)
        self.remaining_idle_periods: Invented[Record] = self._one(members.remaining_idle_periods)

    def _add_debts(self) -> None:
        """Adds what partners read; ids come to them by other ways."""
        self.debt_collection_configuration: Record = self._record(
            "GET /v1/debt-collection/configuration"
        )
        self.blocked_debtors: list[Record] = offers.blocked_debtors(self)
        self.blocked_debts: list[Record] = offers.blocked_debts(self)
        self.transfer_details: dict[int, Record] = {
            run: offers.transfer_details(self, run) for run in offers.DEBT_COLLECTION_RUNS
        }

    def _record(self, endpoint: str) -> Record:
        return duplicate(sketch(endpoint, 0, self.today))

    def _records(self, endpoint: str, ids: range) -> list[Record]:
        return offers.records(self, endpoint, ids)

    def _one(self, invent: Callable[[Studio, int], Record]) -> Invented[Record]:
        return Invented(partial(invent, self))

    def _each(self, invent: Callable[[Studio, int], list[Record]]) -> Invented[list[Record]]:
        return Invented(partial(invent, self))

    def id_of(self, place: int) -> int:
        """The id of the customer before whom there were so many."""
        return self._first_customer + _STEP * place

    def place_of(self, customer_id: int) -> int:
        """How many customers of the studio were there first."""
        return (customer_id - self._first_customer) // _STEP

    def status_of(self, customer_id: int) -> str:
        """The status of a customer."""
        if (kept := self.customers.kept().get(customer_id)) is not None:
            return str(kept["status"])
        return self._statuses[self.place_of(customer_id) % len(self._statuses)]

    @cached_property
    def class_slots(self) -> list[Record]:
        """The slots of all classes, ordered by time."""
        return offers.class_slots(self, self.classes)

    @cached_property
    def debtors(self) -> dict[int, list[Record]]:
        """The debtors of each debt collection run."""
        return {run: offers.debtors(self, run) for run in offers.DEBT_COLLECTION_RUNS}

    def add_customer(self, **fields: object) -> Record:
        """Adds a customer with the highest id so far.

        Args:
            fields: Fields that are not invented; ``status`` is usual.

        Returns:
            The customer, which may be changed.
        """
        newest = max(self.customers, default=self._first_customer - _STEP)
        number = newest + _STEP
        self.customers[number] = {**members.invented_customer(self, number), **fields}
        return self.customers[number]
