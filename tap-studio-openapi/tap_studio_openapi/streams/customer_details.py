"""What the API tells about one customer at a time, but for check-ins.

Source: the API's documentation, sections "Customers", "Customers Account", "Customers
Communication", "Customers Self-service", "Classes", "Appointments" and "Membership Self-service".
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_studio_openapi.personal_data import PERSONAL
from tap_studio_openapi.streams.base import ObjectStream, PerParent
from tap_studio_openapi.streams.customers import Customers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from singer_sdk.helpers.types import Record


MOST_COMPARED = 100


@dataclass
class InactiveContracts:
    """Whether a server gives inactive contracts unasked, which the API does not document.

    Attributes:
        may_be_missing: Whether they have to be asked for by themselves.
    """

    may_be_missing: bool = True
    _compared: int = 0
    _are_missing: bool = False

    def compare(self, unasked: list[Record], inactive: list[Record]) -> None:
        """Learn from the contracts of a customer: those given unasked, and the inactive ones."""
        self._compared += 1
        ids = {contract.get("id") for contract in unasked}
        if any(contract.get("id") not in ids for contract in inactive):
            self._are_missing = True
        self.may_be_missing = self._are_missing or not (inactive or self._compared >= MOST_COMPARED)


class PerCustomer(PerParent):
    """A list per customer."""

    parent_stream_type = Customers
    personal = PERSONAL
    selected_by_default = False


class ObjectPerCustomer(PerCustomer, ObjectStream):
    """An object per customer."""

    primary_keys = ("studio_id", "customer_id")


class CustomerContracts(PerCustomer):
    """The main contracts, with flat-fee and module contracts in them."""

    name = "customer_contracts"
    path = "/v1/customers/{customer_id}/contracts"
    scopes = ("CUSTOMER_CONTRACT_READ", "CUSTOMER_READ")
    child_id = ("contract_id", "id")
    selected_by_default = True

    @cached_property
    def _contracts_seen(self) -> dict[str, InactiveContracts]:
        return defaultdict(InactiveContracts)

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterable[Record]:
        path = self.path.format(**context)
        found = list(self.rows(context, path, {}))
        server = self._contracts_seen[self._tap.studios[context["studio_id"]].connection.url]
        if server.may_be_missing:
            inactive = list(self.rows(context, path, {"status": "INACTIVE"}))
            server.compare(found, inactive)
            found += inactive
        return found


class CustomerAccountBalances(ObjectPerCustomer):
    """Balance, consumption credit and dunning level."""

    name = "customer_account_balances"
    path = "/v1/customers/{customer_id}/account/balances"
    scopes = ("CUSTOMER_ACCOUNT_READ",)
    is_personal = True


class CustomerAccountTransactions(PerCustomer):
    """The charges up to yesterday."""

    name = "customer_account_transactions"
    path = "/v1/customers/{customer_id}/account/transactions"
    scopes = ("CUSTOMER_ACCOUNT_READ",)
    slice_size = 50
    is_personal = True


class CustomerUpcomingTransactions(PerCustomer):
    """The charges of the coming year."""

    name = "customer_upcoming_transactions"
    path = "/v1/customers/{customer_id}/account/transactions/upcoming"
    scopes = ("CUSTOMER_ACCOUNT_READ",)
    slice_size = 50
    is_personal = True


class CustomerCommunicationPreferences(PerCustomer):
    """Which channels a customer allows for which kind of message."""

    name = "customer_communication_preferences"
    path = "/v1/communications/{customer_id}/communication-preferences"
    scopes = ("COMMUNICATION_PREFERENCES_READ",)
    primary_keys = ("studio_id", "customer_id", "messageCategory")


class Bookings(PerCustomer):
    """What a customer has booked, two weeks back and two weeks ahead."""

    primary_keys = ("studio_id", "bookingId")
    is_personal = True

    @override
    def params(self, context: Mapping[str, int]) -> dict[str, Any]:
        return {"customerId": context["customer_id"]}


class CustomerClassBookings(Bookings):
    """The classes that a customer has booked."""

    name = "customer_class_bookings"
    path = "/v1/classes/booking"
    scopes = ("CLASSES_READ",)


class CustomerAppointmentBookings(Bookings):
    """The appointments that a customer has booked."""

    name = "customer_appointment_bookings"
    path = "/v1/appointments/booking"
    scopes = ("APPOINTMENTS_READ",)


class CustomerDocuments(PerCustomer):
    """The documents that are filed for a customer, not their content."""

    name = "customer_documents"
    path = "/v1/customers/{customer_id}/documents"
    scopes = ("CUSTOMER_DOCUMENT_READ",)
    slice_size = 50


class CustomerBenefits(PerCustomer):
    """Which of the integration's own benefits a customer has."""

    name = "customer_benefits"
    path = "/v1/customers/{customer_id}/benefits"
    scopes = ("CUSTOMER_BENEFIT_READ", "CUSTOMER_READ")
    primary_keys = ("studio_id", "customer_id", "key")


class CustomerContractData(PerCustomer):
    """The contracts as a member sees them, with what can be cancelled and when."""

    name = "customer_contract_data"
    path = "/v1/memberships/{customer_id}/self-service/contract-data"
    scopes = ("MEMBERSHIP_SELF_SERVICE_READ",)


class CustomerContactData(ObjectPerCustomer):
    """E-mail and phones, with a change that waits to be approved."""

    name = "customer_contact_data"
    path = "/v1/customers/{customer_id}/self-service/contact-data"
    scopes = ("CUSTOMER_SELF_SERVICE_READ",)


class CustomerAddressData(ObjectPerCustomer):
    """The address, with a change that waits to be approved."""

    name = "customer_address_data"
    path = "/v1/customers/{customer_id}/self-service/address-data"
    scopes = ("CUSTOMER_SELF_SERVICE_READ",)


class CustomerMasterData(ObjectPerCustomer):
    """Name and birthday, with a change that waits to be approved."""

    name = "customer_master_data"
    path = "/v1/customers/{customer_id}/self-service/master-data"
    scopes = ("CUSTOMER_SELF_SERVICE_READ",)
