"""What customers may see and change of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

_PATH = "GET /v1/customers/{customerId}/self-service"


def address_data(studio: Studio, customer_id: int) -> Record:
    """Where a customer lives."""
    return _agreeing(studio, customer_id, f"{_PATH}/address-data", ("street", "zipCode", "city"))


def contact_data(studio: Studio, customer_id: int) -> Record:
    """How a customer is reached."""
    return _agreeing(studio, customer_id, f"{_PATH}/contact-data", ("email", "phonePrivate"))


def master_data(studio: Studio, customer_id: int) -> Record:
    """Who a customer is."""
    names = ("firstName", "lastName", "dateOfBirth")
    return _agreeing(studio, customer_id, f"{_PATH}/master-data", names)


def payment_data(studio: Studio, customer_id: int) -> Record:
    """How a customer pays."""
    return _agreeing(studio, customer_id, f"{_PATH}/payment-data", ())


def access_code(studio: Studio, customer_id: int) -> Record:
    """What opens the door to a customer."""
    return _agreeing(studio, customer_id, "GET /v1/customers/{customerId}/access-code", ())


def measurement(studio: Studio, customer_id: int) -> Record:
    """The latest measurement of a customer, whose id it has."""
    endpoint = "GET /v1/customers/measurement/latest"
    return {
        **_agreeing(studio, customer_id, endpoint, ("firstName", "lastName")),
        "id": customer_id,
    }


def _agreeing(studio: Studio, customer_id: int, endpoint: str, names: tuple[str, ...]) -> Record:
    """Data that agree with the customer's record in some fields, where that has values."""
    customer = studio.customers.peek(customer_id)
    agreeing = {name: customer[name] for name in names if customer.get(name)}
    return {**sketch(endpoint, studio.place_of(customer_id), studio.today), **agreeing}
