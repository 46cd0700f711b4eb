"""What answers each endpoint that the tap reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import chunks, members, offers, problems
from tests.sandbox.studio_openapi.call import Call
from tests.sandbox.studio_openapi.sketches import sketch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

Route = Callable[[Call], Any]
"""Returns the content of the response, by the envelope of the endpoint."""

_MAX_SPAN = timedelta(365)
_DEFAULT_SPAN = timedelta(30)
_OF_CUSTOMER = "GET /v1/customers/{customerId}"
_OF_CONTRACT = "GET /v1/memberships/{contractId}/self-service"
_OFFERS = "GET /v1/memberships/membership-offers"
_TRIALS = "GET /v1/trial-offers/bookable-trial-offers"
_DEBTS = "GET /v1/debt-collection"


def _answer_sketch(call: Call) -> Record:
    """Return the object that a studio has."""
    return sketch(call.endpoint.name, 0, call.studio.today)


def _answer_sketches(ids: Iterable[int]) -> Route:
    """Return a route to the records with these ids."""
    return lambda call: offers.invent_records(call.studio, call.endpoint.name, ids)


def _answer_one_sketch(argument: str, ids: Iterable[int]) -> Route:
    """Return a route to that of the records which an argument names."""
    return lambda call: call.one_of(
        offers.invent_records(call.studio, call.endpoint.name, ids), call.arguments[argument]
    )


def _answer_sketch_of_customer(call: Call) -> Record:
    return sketch(call.endpoint.name, call.studio.place_of(call.customer_id), call.studio.today)


def _answer_sketch_of_contract(call: Call) -> Record:
    return members.sketch_for_contract(call.endpoint.name, call.studio, _contract_id(call))


def _answer_of_customer(invent: Callable[[Studio, int], list[Record]]) -> Route:
    """Return a route to the list of a customer."""
    return lambda call: invent(call.studio, call.customer_id)


def _answer_chunk_of_customer(invent: Callable[[Studio, int], list[Record]]) -> Route:
    """Return a route to the list of a customer in chunks."""
    return lambda call: chunks.cut(call, invent(call.studio, call.customer_id))


def _answer_checkins(call: Call) -> Record:
    """Return a chunk of the check-ins in the span asked for, which is a month unless given.

    Raises:
        ProblemError: The span is too long, or ends before it begins.
    """
    visits = call.studio.checkins.peek(call.customer_id)
    last: date = call.arguments["toDate"] or call.today
    first: date = call.arguments["fromDate"] or last - _DEFAULT_SPAN
    if not timedelta() <= last - first <= _MAX_SPAN:
        raise problems.invalid("toDate")
    start, end = first.isoformat(), last.isoformat()
    return chunks.cut(
        call, [visit for visit in visits if start <= visit["checkInDateTime"][:10] <= end]
    )


def _answer_contracts(call: Call) -> list[Record]:
    """Return the contracts of a customer with the status asked for."""
    found = call.studio.contracts.peek(call.customer_id)
    wanted = call.arguments["status"] or call.tenant.contracts_without_status
    return [one for one in found if wanted in {None, one["contractStatus"]}]


def _contract_id(call: Call) -> int:
    """Return the contract asked about.

    Raises:
        ProblemError: There is none, or its customer may not be read.
    """
    number: int = call.arguments["contractId"]
    customer_id = call.check_customer(members.find_holder(number))
    call.one_of(call.studio.contracts.peek(customer_id), number)
    return number


def _window(call: Call) -> tuple[date, date]:
    """Return the first and the last day of the window asked for."""
    first: date = call.arguments["slotWindowStartDate"] or call.today
    days = call.arguments["daysAhead"]
    if days and not call.tenant.last_day_included:
        days -= 1
    return first, first + timedelta(days)


def _slots_between(call: Call, first: date, last: date) -> list[Record]:
    return [slot for slot in call.studio.class_slots if first <= offers.read_day(slot) <= last]


def _visible_slots(call: Call) -> list[Record]:
    """Return the slots of all classes from one day back to fourteen days ahead."""
    return _slots_between(call, call.today - timedelta(1), call.today + timedelta(14))


def _answer_slots_of_class(call: Call) -> Record:
    number = call.one_of(call.studio.classes, call.arguments["classId"])["id"]
    slots = [slot for slot in _visible_slots(call) if slot["classInformation"]["id"] == number]
    return chunks.cut(call, slots)


def _answer_classes(call: Call) -> Record:
    """Return those that have visible slots."""
    scheduled = {slot["classInformation"]["id"] for slot in _visible_slots(call)}
    return chunks.cut(call, [one for one in call.studio.classes if one["id"] in scheduled])


def _answer_free_slots(call: Call) -> list[Record]:
    number = call.arguments["bookableAppointmentId"]
    call.one_of(call.studio.bookable_appointments, number)
    return offers.invent_free_slots(call.studio, number, *_window(call))


def _answer_studios_with_offers(call: Call) -> list[Record]:
    names = call.endpoint.record["properties"]
    return [
        {name: studio.information[name] for name in names if name in studio.information}
        for studio in call.tenant.studios
    ]


def _run(call: Call) -> int:
    """Return the debt collection run asked about.

    Raises:
        ProblemError: There is none.
    """
    run: int = call.arguments["debtCollectionRunId"]
    if run not in offers.DEBT_COLLECTION_RUNS:
        raise problems.not_found()
    return run


def _answer_blocked(call: Call) -> Record:
    return chunks.cut(call, offers.invent_debtors(call.studio, call.endpoint.name, offers.BLOCKED))


ROUTES: Mapping[str, Route] = {
    "GET /v1/studios/information": lambda call: call.studio.information,
    "GET /v1/studios/tags": lambda _: offers.TAGS,
    "GET /v1/studios/utilization": lambda _: offers.UTILIZATION,
    "GET /v1/employees": lambda call: chunks.cut(call, call.studio.employees),
    "GET /v1/devices": _answer_sketches(range(31, 34)),
    "GET /v1/customers/additional-information-fields": (
        lambda call: call.studio.additional_information_fields
    ),
    "GET /v1/customers": chunks.cut_customers,
    f"{_OF_CUSTOMER}/activities/checkins": _answer_checkins,
    f"{_OF_CUSTOMER}/contracts": _answer_contracts,
    f"{_OF_CUSTOMER}/account/balances": _answer_sketch_of_customer,
    f"{_OF_CUSTOMER}/account/transactions": _answer_chunk_of_customer(members.invent_past_charges),
    f"{_OF_CUSTOMER}/account/transactions/upcoming": _answer_chunk_of_customer(
        members.invent_upcoming_charges
    ),
    f"{_OF_CUSTOMER}/benefits": _answer_of_customer(members.invent_benefits),
    f"{_OF_CUSTOMER}/documents": _answer_chunk_of_customer(members.invent_documents),
    f"{_OF_CUSTOMER}/self-service/address-data": _answer_sketch_of_customer,
    f"{_OF_CUSTOMER}/self-service/contact-data": _answer_sketch_of_customer,
    f"{_OF_CUSTOMER}/self-service/master-data": _answer_sketch_of_customer,
    "GET /v1/communications/{customerId}/communication-preferences": _answer_of_customer(
        members.invent_preferences
    ),
    "GET /v1/memberships/{customerId}/self-service/contract-data": _answer_of_customer(
        members.invent_contract_data
    ),
    f"{_OF_CONTRACT}/idle-periods": (
        lambda call: members.invent_idle_periods(call.studio, _contract_id(call))
    ),
    f"{_OF_CONTRACT}/idle-periods/config": _answer_sketch_of_contract,
    f"{_OF_CONTRACT}/idle-periods/remaining": _answer_sketch_of_contract,
    "GET /v1/classes": _answer_classes,
    "GET /v1/classes/slots": lambda call: chunks.cut(call, _slots_between(call, *_window(call))),
    "GET /v1/classes/{classId}/slots": _answer_slots_of_class,
    "GET /v1/classes/booking": _answer_of_customer(members.invent_class_bookings),
    "GET /v1/appointments/booking": _answer_of_customer(members.invent_appointment_bookings),
    "GET /v1/appointments/bookable": (
        lambda call: chunks.cut(call, call.studio.bookable_appointments)
    ),
    "GET /v1/appointments/bookable/{bookableAppointmentId}/slots": _answer_free_slots,
    _OFFERS: _answer_sketches(range(601, 605)),
    f"{_OFFERS}/{{membershipOfferId}}": _answer_one_sketch("membershipOfferId", range(601, 605)),
    "GET /v1/memberships/self-service/additional-modules": _answer_sketches(range(651, 655)),
    "GET /v1/memberships/self-service/contract-cancelation-reasons": (
        lambda _: offers.CANCELATION_REASONS
    ),
    "GET /v1/leads/config": _answer_sketch,
    f"{_TRIALS}/appointments/bookable": lambda call: chunks.cut(
        call,
        offers.invent_trial_offers(
            "trialOfferBookableAppointment", call.studio.bookable_appointments[:2]
        ),
    ),
    f"{_TRIALS}/classes": lambda call: chunks.cut(
        call, offers.invent_trial_offers("trialOfferClass", call.studio.classes[:2])
    ),
    "GET /v1/trial-offers/config/{configId}": _answer_one_sketch("configId", offers.TRIAL_CONFIGS),
    "GET /v1/member-lists": lambda call: offers.invent_member_lists(call.studio),
    "GET /v1/online-offers/purchasable": (
        lambda call: chunks.cut(call, offers.ONLINE_OFFERS, "onlineOfferId")
    ),
    "GET /v1/cross-studio/membership-offers/studios": _answer_studios_with_offers,
    f"{_DEBTS}/blocked/debtors": _answer_blocked,
    f"{_DEBTS}/blocked/debts": _answer_blocked,
    f"{_DEBTS}/configuration": _answer_sketch,
    f"{_DEBTS}/{{debtCollectionRunId}}/debtors": (
        lambda call: chunks.cut(call, offers.invent_debtors_of_run(call.studio, _run(call)))
    ),
    f"{_DEBTS}/{{debtCollectionRunId}}/details": (
        lambda call: offers.invent_transfer_details(call.studio, _run(call))
    ),
}
"""By method and path."""
