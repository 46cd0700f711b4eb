"""What belongs to single customers beside contracts, check-ins and charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import chunks, problems
from tests.sandbox.studio_openapi.contents import bookings, self_service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Invented, Record
    from tests.sandbox.studio_openapi.routes.route import Route
    from tests.sandbox.studio_openapi.studio import Studio


def benefits(call: Call, customer_id: int) -> list[Record]:
    """The benefits of a customer that are asked for, or all."""
    wanted = call.arguments["key"]
    found = call.studio.benefits.peek(customer_id)
    return [one for one in found if wanted is None or one["key"] in wanted]


def _booking(of: Callable[[Studio], Invented[list[Record]]]) -> Route:
    """Finds single bookings."""

    def route(call: Call) -> Record:
        number, kept = call.arguments["bookingId"], of(call.studio).kept()
        guess = bookings.customer_of(number)
        holders = [guess, *kept] if guess in call.studio.customers else list(kept)
        for customer_id in holders:
            for booking in of(call.studio).peek(customer_id):
                if booking["bookingId"] == number:
                    return {**booking, "customerId": call.readable(customer_id)}
        raise problems.not_found()

    return route


ROUTES: Mapping[str, Route] = {
    "GET /v1/customers/{customerId}/access-code": (
        lambda call: self_service.access_code(call.studio, call.customer_id)
    ),
    "GET /v1/customers/{customerId}/benefits": lambda call: benefits(call, call.customer_id),
    "GET /v1/customers/{customerId}/documents": (
        lambda call: chunks.cut(call, call.studio.documents.peek(call.customer_id))
    ),
    "GET /v1/customers/{customerId}/documents/{id}": (
        lambda call: call.one_of(call.studio.documents.peek(call.customer_id), "id")
    ),
    "GET /v1/communications/{customerId}/communication-preferences": (
        lambda call: call.studio.communication_preferences.peek(call.customer_id)
    ),
    "GET /v1/customers/{customerId}/self-service/address-data": (
        lambda call: call.studio.address_data.peek(call.customer_id)
    ),
    "GET /v1/customers/{customerId}/self-service/contact-data": (
        lambda call: call.studio.contact_data.peek(call.customer_id)
    ),
    "GET /v1/customers/{customerId}/self-service/master-data": (
        lambda call: call.studio.master_data.peek(call.customer_id)
    ),
    "GET /v1/customers/{customerId}/self-service/payment-data": (
        lambda call: self_service.payment_data(call.studio, call.customer_id)
    ),
    "GET /v1/classes/booking": lambda call: call.studio.class_bookings.peek(call.customer_id),
    "GET /v1/classes/booking/{bookingId}": _booking(lambda studio: studio.class_bookings),
    "GET /v1/appointments/booking": (
        lambda call: call.studio.appointment_bookings.peek(call.customer_id)
    ),
    "GET /v1/appointments/booking/{bookingId}": (
        _booking(lambda studio: studio.appointment_bookings)
    ),
}
