"""What the API has about one customer at a time, but for contracts and check-ins.

Source: the API's documentation, sections "Customers", "Customers Account", "Customers
Communication", "Customers Self-service", "Classes", "Appointments" and "Membership Self-service".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.streams.customers import ObjectPerCustomerStream, PerCustomerStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Record

    from tap_studio_openapi.streams.base import Ids


class CustomerAccountBalances(ObjectPerCustomerStream):
    """Balance, consumption credit and dunning level."""

    name = "customer_account_balances"
    path = "/v1/customers/{customer_id}/account/balances"
    scopes = ("CUSTOMER_ACCOUNT_READ",)
    is_personal = True


class CustomerAccountTransactions(PerCustomerStream):
    """The charges up to yesterday."""

    name = "customer_account_transactions"
    path = "/v1/customers/{customer_id}/account/transactions"
    scopes = ("CUSTOMER_ACCOUNT_READ",)
    slice_size = 50
    is_personal = True


class CustomerUpcomingTransactions(PerCustomerStream):
    """The charges of the coming year."""

    name = "customer_upcoming_transactions"
    path = "/v1/customers/{customer_id}/account/transactions/upcoming"
    scopes = ("CUSTOMER_ACCOUNT_READ",)
    slice_size = 50
    is_personal = True


class CustomerCommunicationPreferences(PerCustomerStream):
    """Which channels a customer allows for which kind of message."""

    name = "customer_communication_preferences"
    path = "/v1/communications/{customer_id}/communication-preferences"
    scopes = ("COMMUNICATION_PREFERENCES_READ",)
    primary_keys = ("studio_id", "customer_id", "messageCategory")


class BookingStream(PerCustomerStream):
    """What a customer has booked, two weeks back and two weeks ahead."""

    primary_keys = ("studio_id", "bookingId")
    is_personal = True

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        return self.fetch_list(ids, self.path, customerId=ids["customer_id"])


class CustomerClassBookings(BookingStream):
    """The classes that a customer has booked."""

    name = "customer_class_bookings"
    path = "/v1/classes/booking"
    scopes = ("CLASSES_READ",)


class CustomerAppointmentBookings(BookingStream):
    """The appointments that a customer has booked."""

    name = "customer_appointment_bookings"
    path = "/v1/appointments/booking"
    scopes = ("APPOINTMENTS_READ",)


class CustomerDocuments(PerCustomerStream):
    """The documents that are filed for a customer, not their content."""

    name = "customer_documents"
    path = "/v1/customers/{customer_id}/documents"
    scopes = ("CUSTOMER_DOCUMENT_READ",)
    slice_size = 50


class CustomerBenefits(PerCustomerStream):
    """Which of the integration's own benefits a customer has."""

    name = "customer_benefits"
    path = "/v1/customers/{customer_id}/benefits"
    scopes = ("CUSTOMER_BENEFIT_READ", "CUSTOMER_READ")
    primary_keys = ("studio_id", "customer_id", "key")


class CustomerContractData(PerCustomerStream):
    """The contracts as a member sees them, with what can be cancelled and when."""

    name = "customer_contract_data"
    path = "/v1/memberships/{customer_id}/self-service/contract-data"
    scopes = ("MEMBERSHIP_SELF_SERVICE_READ",)


class CustomerContactData(ObjectPerCustomerStream):
    """E-mail and phones, with a change that waits to be approved."""

    name = "customer_contact_data"
    path = "/v1/customers/{customer_id}/self-service/contact-data"
    scopes = ("CUSTOMER_SELF_SERVICE_READ",)


class CustomerAddressData(ObjectPerCustomerStream):
    """The address, with a change that waits to be approved."""

    name = "customer_address_data"
    path = "/v1/customers/{customer_id}/self-service/address-data"
    scopes = ("CUSTOMER_SELF_SERVICE_READ",)


class CustomerMasterData(ObjectPerCustomerStream):
    """Name and birthday, with a change that waits to be approved."""

    name = "customer_master_data"
    path = "/v1/customers/{customer_id}/self-service/master-data"
    scopes = ("CUSTOMER_SELF_SERVICE_READ",)
