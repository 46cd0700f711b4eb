"""What answers each endpoint that the tap reads, by its path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import chunks, members, moments, problems
from tests.sandbox.studio_openapi.sketches import draw, sketch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.sandbox.studio_openapi.application import Call
    from tests.sandbox.studio_openapi.records import Record

Route = Callable[["Call"], Any]
"""Returns the content of the response, by the envelope of the endpoint."""

DEBT_COLLECTION_RUNS = range(7001, 7003)
_DEBTORS = [f"D-{number}" for number in range(1000, 1060)]
_OFFERS = range(601, 605)
_TRIALS = (301, 302)
_FREE_HOURS = (9, 11, 16)
_MAX_SPAN = timedelta(365)
_DEFAULT_SPAN = timedelta(30)


def _rows(ids: Sequence[int | str], key: str = "id") -> Route:
    """Return a route to records that have these ids in every studio."""
    return lambda call: _envelop(call, draw(call.endpoint.path, call.studio.today, ids, key))


def _rows_of_customer(counts: Sequence[int], key: str = "id", first: int = 0) -> Route:
    """Return a route to the records of a customer.

    Args:
        counts: How many customers have, in turn.
        key: The field that holds the id of a record.
        first: The number of the first one among all records of the customer.
    """

    def answer(call: Call) -> Any:
        customer_id = _customer_id(call)
        place = call.studio.place_of(customer_id)
        start = 1000 * customer_id + first
        ids = range(start, start + counts[place % len(counts)])
        return _envelop(call, draw(call.endpoint.path, call.studio.today, ids, key, place))

    return answer


def _names_of_customer(names: Sequence[str], key: str) -> Route:
    """Return a route to records that have the same names for every customer."""
    return lambda call: draw(call.endpoint.path, call.studio.today, names, key, _customer_id(call))


def _one_of(ids: Sequence[int], argument: str) -> Route:
    """Return a route to that record which an argument names."""

    def answer(call: Call) -> Record:
        number = call.arguments[argument]
        if number not in ids:
            raise problems.not_found()
        return {**sketch(call.endpoint.path, ids.index(number), call.studio.today), "id": number}

    return answer


def _envelop(call: Call, records: list[Record]) -> Any:
    return chunks.cut(call, records) if call.endpoint.envelope == "chunk" else records


def _sketch(call: Call) -> Record:
    """Return the object that a studio has."""
    return sketch(call.endpoint.path, 0, call.studio.today)


def _sketch_of_customer(call: Call) -> Record:
    return sketch(call.endpoint.path, call.studio.place_of(_customer_id(call)), call.studio.today)


def _sketch_of_contract(call: Call) -> Record:
    return members.sketch_for_contract(call.endpoint.path, call.studio, _contract_id(call))


def _customer_id(call: Call) -> int:
    return _check_customer(call, call.arguments["customerId"])


def _check_customer(call: Call, customer_id: int) -> int:
    """Return the id of a customer who may be read.

    Raises:
        ProblemError: The studio has none with that id, or none that may be read.
    """
    if customer_id not in call.studio.customers:
        raise problems.not_found()
    if customer_id in call.studio.opted_out:
        raise problems.forbidden(problems.OPTED_OUT)
    return customer_id


def _contract_id(call: Call) -> int:
    """Return the contract asked about.

    Raises:
        ProblemError: There is none, or its customer may not be read.
    """
    number: int = call.arguments["contractId"]
    customer_id = _check_customer(call, members.find_holder(number))
    if number not in [one["id"] for one in call.studio.contracts.peek(customer_id)]:
        raise problems.not_found()
    return number


def _answer_checkins(call: Call) -> Record:
    """Return a chunk of the check-ins in the span asked for, which is a month unless given.

    Raises:
        ProblemError: The span is too long, or ends before it begins.
    """
    visits = call.studio.checkins.peek(_customer_id(call))
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
    found = call.studio.contracts.peek(_customer_id(call))
    wanted = call.arguments["status"] or call.tenant.contracts_without_status
    return [one for one in found if wanted in {None, one["contractStatus"]}]


def _answer_contract_data(call: Call) -> list[Record]:
    contracts = call.studio.contracts.peek(_customer_id(call))
    return draw(call.endpoint.path, call.studio.today, [one["id"] for one in contracts])


def _window(call: Call) -> tuple[date, date]:
    """Return the first and the last day of the window asked for."""
    first: date = call.arguments["slotWindowStartDate"] or call.today
    days = call.arguments["daysAhead"]
    if days and not call.tenant.last_day_included:
        days -= 1
    return first, first + timedelta(days)


def _visible_slots(call: Call) -> list[Record]:
    """Return the slots of all classes from one day back to fourteen days ahead."""
    return call.studio.slots_between(call.today - timedelta(1), call.today + timedelta(14))


def _answer_slots_of_class(call: Call) -> Record:
    number = call.arguments["classId"]
    slots = [slot for slot in _visible_slots(call) if slot["classInformation"]["id"] == number]
    return chunks.cut(call, slots)


def _answer_classes(call: Call) -> Record:
    """Return those that have visible slots."""
    scheduled = {slot["classInformation"]["id"] for slot in _visible_slots(call)}
    return chunks.cut(call, [one for one in call.studio.classes if one["id"] in scheduled])


def _answer_free_slots(call: Call) -> list[Record]:
    """Return the free times of a kind of appointment, three a day."""
    if call.arguments["bookableAppointmentId"] not in _ids(call.studio.bookable_appointments):
        raise problems.not_found()
    first, last = _window(call)
    days = [first + timedelta(days) for days in range((last - first).days + 1)]
    begins = [moments.to_moment(day, hour) for day in days for hour in _FREE_HOURS]
    return [
        {
            **sketch(call.endpoint.path, place, call.studio.today),
            "startDateTime": moments.format_zoned(begin),
            "endDateTime": moments.format_zoned(begin + timedelta(minutes=30)),
        }
        for place, begin in enumerate(begins)
    ]


def _ids(records: list[Record]) -> list[int]:
    return [record["id"] for record in records]


def _offer_trials(call: Call, field: str, offered: list[Record]) -> Record:
    """Return the chunk of what may be tried, which are classes or kinds of appointments."""
    pairs = zip(_TRIALS, offered, strict=False)
    rows = [{"trialOfferConfigId": config, field: one, "id": one["id"]} for config, one in pairs]
    return chunks.cut(call, rows)


def _answer_studios_with_offers(call: Call) -> list[Record]:
    names = call.endpoint.record["properties"]
    return [
        {name: studio.information[name] for name in names if name in studio.information}
        for studio in call.tenant.studios
    ]


def _check_run(call: Call) -> None:
    if call.arguments["debtCollectionRunId"] not in DEBT_COLLECTION_RUNS:
        raise problems.not_found()


def _answer_debtors_of_run(call: Call) -> Record:
    _check_run(call)
    return chunks.cut(call, draw(call.endpoint.path, call.studio.today, _DEBTORS, "debtorId"))


def _answer_run(call: Call) -> Record:
    _check_run(call)
    return {**_sketch(call), "collectionDate": call.today.isoformat()}


ROUTES: Mapping[str, Route] = {
    "/v1/studios/information": lambda call: call.studio.information,
    "/v1/studios/tags": _rows(("sauna", "Kinderbetreuung", "24/7"), "name"),
    "/v1/studios/utilization": _sketch,
    "/v1/employees": lambda call: chunks.cut(call, call.studio.employees),
    "/v1/devices": _rows(range(31, 34)),
    "/v1/customers/additional-information-fields": (
        lambda call: call.studio.additional_information_fields
    ),
    "/v1/customers": chunks.cut_customers,
    "/v1/customers/{customerId}/activities/checkins": _answer_checkins,
    "/v1/customers/{customerId}/contracts": _answer_contracts,
    "/v1/customers/{customerId}/account/balances": _sketch_of_customer,
    "/v1/customers/{customerId}/account/transactions": _rows_of_customer((24, 3, 60)),
    "/v1/customers/{customerId}/account/transactions/upcoming": _rows_of_customer(
        (12, 0, 1), first=500
    ),
    "/v1/customers/{customerId}/benefits": _names_of_customer(("GUEST_PASS", "SAUNA"), "key"),
    "/v1/customers/{customerId}/documents": _rows_of_customer((1, 0, 3, 0, 75)),
    "/v1/customers/{customerId}/self-service/address-data": _sketch_of_customer,
    "/v1/customers/{customerId}/self-service/contact-data": _sketch_of_customer,
    "/v1/customers/{customerId}/self-service/master-data": _sketch_of_customer,
    "/v1/communications/{customerId}/communication-preferences": _names_of_customer(
        ("CONTRACT", "GENERAL", "NEWSLETTER"), "messageCategory"
    ),
    "/v1/memberships/{customerId}/self-service/contract-data": _answer_contract_data,
    "/v1/memberships/{contractId}/self-service/idle-periods": (
        lambda call: members.invent_idle_periods(call.studio, _contract_id(call))
    ),
    "/v1/memberships/{contractId}/self-service/idle-periods/config": _sketch_of_contract,
    "/v1/memberships/{contractId}/self-service/idle-periods/remaining": _sketch_of_contract,
    "/v1/classes": _answer_classes,
    "/v1/classes/slots": (lambda call: chunks.cut(call, call.studio.slots_between(*_window(call)))),
    "/v1/classes/{classId}/slots": _answer_slots_of_class,
    "/v1/classes/booking": (
        lambda call: members.invent_class_bookings(call.studio, _customer_id(call))
    ),
    "/v1/appointments/booking": _rows_of_customer((1, 2, 0), "bookingId", first=50),
    "/v1/appointments/bookable": lambda call: chunks.cut(call, call.studio.bookable_appointments),
    "/v1/appointments/bookable/{bookableAppointmentId}/slots": _answer_free_slots,
    "/v1/memberships/membership-offers": _rows(_OFFERS),
    "/v1/memberships/membership-offers/{membershipOfferId}": _one_of(_OFFERS, "membershipOfferId"),
    "/v1/memberships/self-service/additional-modules": _rows(range(651, 655)),
    "/v1/memberships/self-service/contract-cancelation-reasons": _rows(
        (61, 62), "cancelationReasonId"
    ),
    "/v1/leads/config": _sketch,
    "/v1/trial-offers/bookable-trial-offers/appointments/bookable": (
        lambda call: _offer_trials(
            call, "trialOfferBookableAppointment", call.studio.bookable_appointments
        )
    ),
    "/v1/trial-offers/bookable-trial-offers/classes": (
        lambda call: _offer_trials(call, "trialOfferClass", call.studio.classes[:-1])
    ),
    "/v1/trial-offers/config/{configId}": _one_of(_TRIALS, "configId"),
    "/v1/member-lists": _rows((51, 52), "listId"),
    "/v1/online-offers/purchasable": _rows(range(4001, 4061), "onlineOfferId"),
    "/v1/cross-studio/membership-offers/studios": _answer_studios_with_offers,
    "/v1/debt-collection/blocked/debtors": _rows(_DEBTORS[:12], "debtorId"),
    "/v1/debt-collection/blocked/debts": _rows(_DEBTORS[:12], "debtorId"),
    "/v1/debt-collection/configuration": _sketch,
    "/v1/debt-collection/{debtCollectionRunId}/debtors": _answer_debtors_of_run,
    "/v1/debt-collection/{debtCollectionRunId}/details": _answer_run,
}
