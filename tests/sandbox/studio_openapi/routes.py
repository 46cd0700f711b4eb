"""What answers each endpoint that the tap reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import chunks, members, offers, problems
from tests.sandbox.studio_openapi.call import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.records import Record

Route = Callable[[Call], Any]
"""Gives the content of the answer, by the envelope of the endpoint."""

_LONGEST_SPAN = timedelta(365)
_OF_CUSTOMER = "GET /v1/customers/{customerId}"
_OF_CONTRACT = "GET /v1/memberships/{contractId}/self-service"
_TRIALS = "GET /v1/trial-offers/bookable-trial-offers"
_DEBTS = "GET /v1/debt-collection"


def _customers(call: Call) -> Record:
    return chunks.of_customers(call, call.arguments["customerStatus"])


def _checkins(call: Call) -> Record:
    """A chunk of the check-ins in the span asked for, which is a month up to today unless given.

    Raises:
        ProblemError: The span is too long, or ends before it begins.
    """
    visits = call.studio.checkins.peek(call.customer_id)
    last: date = call.arguments["toDate"] or call.today
    first: date = call.arguments["fromDate"] or _month_before(last)
    if not timedelta() <= last - first <= _LONGEST_SPAN:
        raise problems.invalid("toDate", problems.SPAN_TOO_LONG)
    start, end = first.isoformat(), last.isoformat()
    return chunks.cut(
        call, [visit for visit in visits if start <= visit["checkInDateTime"][:10] <= end]
    )


def _month_before(day: date) -> date:
    last_of_month = day.replace(day=1) - timedelta(1)
    return last_of_month.replace(day=min(day.day, last_of_month.day))


def _contracts(call: Call) -> list[Record]:
    """The contracts of a customer with the status asked for."""
    found = call.studio.contracts.peek(call.customer_id)
    wanted = call.arguments["status"] or call.tenant.contracts_without_status
    return [one for one in found if wanted in {None, one["contractStatus"]}]


def _contract_data(call: Call) -> list[Record]:
    found = call.studio.contracts.peek(call.customer_id)
    return [members.in_self_service(call.studio, contract) for contract in found]


def _benefits(call: Call) -> list[Record]:
    """The benefits of a customer that are asked for, or all."""
    wanted = call.arguments["key"]
    found = call.studio.benefits.peek(call.customer_id)
    return [one for one in found if wanted is None or one["key"] in wanted]


def _contract_id(call: Call) -> int:
    """The contract asked about.

    Raises:
        ProblemError: There is none, or its customer may not be read.
    """
    number: int = call.arguments["contractId"]
    guess, kept = members.holder_of(number), call.studio.contracts.kept()
    for customer_id in (*kept, guess):
        if customer_id in call.studio.customers:
            for contract in call.studio.contracts.peek(customer_id):
                if contract["id"] == number:
                    call.readable(customer_id)
                    return number
    call.readable(guess)
    raise problems.not_found()


def _window(call: Call) -> tuple[date, date]:
    """The first and the last day of the window asked for."""
    first: date = call.arguments["slotWindowStartDate"] or call.today
    days = call.arguments["daysAhead"]
    if days and not call.tenant.last_day_included:
        days -= 1
    return first, first + timedelta(days)


def _slots_between(call: Call, first: date, last: date) -> list[Record]:
    return [slot for slot in call.studio.class_slots if first <= offers.day_of(slot) <= last]


def _class_slots(call: Call) -> Record:
    return chunks.cut(call, _slots_between(call, *_window(call)))


def _visible_slots(call: Call) -> list[Record]:
    """The slots of all classes from one day back to fourteen days ahead."""
    return _slots_between(call, call.today - timedelta(1), call.today + timedelta(14))


def _slots_of_class(call: Call) -> Record:
    number = call.one_of(call.studio.classes, "classId")["id"]
    slots = [slot for slot in _visible_slots(call) if slot["classInformation"]["id"] == number]
    return chunks.cut(call, slots)


def _classes(call: Call) -> Record:
    """Those that have visible slots."""
    scheduled = {slot["classInformation"]["id"] for slot in _visible_slots(call)}
    return chunks.cut(call, [one for one in call.studio.classes if one["id"] in scheduled])


def _free_slots(call: Call) -> list[Record]:
    first, last = _window(call)
    number = call.one_of(call.studio.bookable_appointments, "bookableAppointmentId")["id"]
    return offers.free_slots(call.studio, number, first, last)


def _membership_offers(call: Call) -> list[Record]:
    return [offers.summary(one, call.endpoint.record) for one in call.studio.membership_offers]


def _studios_with_offers(call: Call) -> list[Record]:
    names = call.endpoint.record["properties"]
    return [
        {name: studio.information[name] for name in names if name in studio.information}
        for studio in call.tenant.studios
        if studio.membership_offers
    ]


def _blocked_debtors(call: Call) -> Record:
    wanted = call.arguments["debtorId"]
    found = call.studio.blocked_debtors
    return chunks.cut(call, [one for one in found if wanted is None or one["debtorId"] in wanted])


def _blocked_debts(call: Call) -> Record:
    wanted = call.arguments["debtId"]
    found = call.studio.blocked_debts
    return chunks.cut(
        call, [one for one in found if wanted is None or {*_debt_ids(one)} & {*wanted}]
    )


def _debt_ids(debtor: Record) -> list[str]:
    return [debt["debtId"] for debt in debtor.get("debts") or []]


def _debtors(call: Call) -> Record:
    return chunks.cut(call, _of_run(call.studio.debtors, call))


def _transfer_details(call: Call) -> Any:
    return _of_run(call.studio.transfer_details, call)


def _of_run(values: Mapping[int, Any], call: Call) -> Any:
    run = call.arguments["debtCollectionRunId"]
    if run not in values:
        raise problems.not_found()
    return values[run]


ROUTES: Mapping[str, Route] = {
    "GET /v1/studios/information": lambda call: call.studio.information,
    "GET /v1/studios/tags": lambda call: call.studio.tags,
    "GET /v1/studios/utilization": lambda call: call.studio.utilization,
    "GET /v1/employees": lambda call: chunks.cut(call, call.studio.employees),
    "GET /v1/devices": lambda call: call.studio.devices,
    "GET /v1/customers/additional-information-fields": (
        lambda call: call.studio.additional_information_fields
    ),
    "GET /v1/customers": _customers,
    f"{_OF_CUSTOMER}/activities/checkins": _checkins,
    f"{_OF_CUSTOMER}/contracts": _contracts,
    f"{_OF_CUSTOMER}/account/balances": lambda call: call.studio.balances.peek(call.customer_id),
    f"{_OF_CUSTOMER}/account/transactions": (
        lambda call: chunks.cut(call, call.studio.transactions.peek(call.customer_id))
    ),
    f"{_OF_CUSTOMER}/account/transactions/upcoming": (
        lambda call: chunks.cut(call, call.studio.upcoming_transactions.peek(call.customer_id))
    ),
    f"{_OF_CUSTOMER}/benefits": _benefits,
    f"{_OF_CUSTOMER}/documents": (
        lambda call: chunks.cut(call, call.studio.documents.peek(call.customer_id))
    ),
    f"{_OF_CUSTOMER}/self-service/address-data": (
        lambda call: call.studio.address_data.peek(call.customer_id)
    ),
    f"{_OF_CUSTOMER}/self-service/contact-data": (
        lambda call: call.studio.contact_data.peek(call.customer_id)
    ),
    f"{_OF_CUSTOMER}/self-service/master-data": (
        lambda call: call.studio.master_data.peek(call.customer_id)
    ),
    "GET /v1/communications/{customerId}/communication-preferences": (
        lambda call: call.studio.communication_preferences.peek(call.customer_id)
    ),
    "GET /v1/memberships/{customerId}/self-service/contract-data": _contract_data,
    f"{_OF_CONTRACT}/idle-periods": lambda call: call.studio.idle_periods.peek(_contract_id(call)),
    f"{_OF_CONTRACT}/idle-periods/config": (
        lambda call: call.studio.idle_period_configs.peek(_contract_id(call))
    ),
    f"{_OF_CONTRACT}/idle-periods/remaining": (
        lambda call: call.studio.remaining_idle_periods.peek(_contract_id(call))
    ),
    "GET /v1/classes": _classes,
    "GET /v1/classes/slots": _class_slots,
    "GET /v1/classes/{classId}/slots": _slots_of_class,
    "GET /v1/classes/booking": lambda call: call.studio.class_bookings.peek(call.customer_id),
    "GET /v1/appointments/booking": (
        lambda call: call.studio.appointment_bookings.peek(call.customer_id)
    ),
    "GET /v1/appointments/bookable": (
        lambda call: chunks.cut(call, call.studio.bookable_appointments)
    ),
    "GET /v1/appointments/bookable/{bookableAppointmentId}/slots": _free_slots,
    "GET /v1/memberships/membership-offers": _membership_offers,
    "GET /v1/memberships/membership-offers/{membershipOfferId}": (
        lambda call: call.one_of(call.studio.membership_offers, "membershipOfferId")
    ),
    "GET /v1/memberships/self-service/additional-modules": (
        lambda call: call.studio.additional_modules
    ),
    "GET /v1/memberships/self-service/contract-cancelation-reasons": (
        lambda call: call.studio.contract_cancelation_reasons
    ),
    "GET /v1/leads/config": lambda call: call.studio.lead_config,
    f"{_TRIALS}/appointments/bookable": (
        lambda call: chunks.cut(call, call.studio.trial_offer_appointments)
    ),
    f"{_TRIALS}/classes": lambda call: chunks.cut(call, call.studio.trial_offer_classes),
    "GET /v1/trial-offers/config/{configId}": (
        lambda call: call.one_of(call.studio.trial_offer_configs, "configId")
    ),
    "GET /v1/member-lists": lambda call: call.studio.member_lists,
    "GET /v1/online-offers/purchasable": (
        lambda call: chunks.cut(
            call, call.studio.online_offers, lambda offer: int(offer["onlineOfferId"])
        )
    ),
    "GET /v1/cross-studio/membership-offers/studios": _studios_with_offers,
    f"{_DEBTS}/blocked/debtors": _blocked_debtors,
    f"{_DEBTS}/blocked/debts": _blocked_debts,
    f"{_DEBTS}/configuration": lambda call: call.studio.debt_collection_configuration,
    f"{_DEBTS}/{{debtCollectionRunId}}/debtors": _debtors,
    f"{_DEBTS}/{{debtCollectionRunId}}/details": _transfer_details,
}
"""By method and path."""
