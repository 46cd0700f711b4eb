"""Customers, and what belongs to single ones."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import chunks, problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.routes.route import Route

_LONGEST_SPAN = timedelta(365)


def _customers(call: Call) -> Record:
    """The deprecated ``lastOffsetId`` is what ``offset`` was before."""
    old = call.arguments["lastOffsetId"]
    if call.arguments["offset"] is None and old is not None:
        call = call.with_argument("offset", str(old))
    return chunks.of_customers(call, call.arguments["customerStatus"])


def checkins(call: Call) -> Record:
    """A chunk of a customer's check-ins in the span asked for."""
    return chunks.cut(call, _between(call, call.studio.checkins.peek(call.customer_id)))


def _between(call: Call, visits: Sequence[Record]) -> list[Record]:
    """The check-ins in the span asked for, which is one month up to today unless given.

    Raises:
        ProblemError: The span is too long, or ends before it begins.
    """
    last: date = call.arguments["toDate"] or call.today
    first: date = call.arguments["fromDate"] or _month_before(last)
    if not timedelta() <= last - first <= _LONGEST_SPAN:
        raise problems.invalid("toDate", problems.SPAN_TOO_LONG)
    start, end = first.isoformat(), last.isoformat()
    return [visit for visit in visits if start <= visit["checkInDateTime"][:10] <= end]


def contracts(call: Call, customer_id: int) -> list[Record]:
    """The contracts of a customer with the status asked for."""
    found = call.studio.contracts.peek(customer_id)
    wanted = call.arguments["status"] or call.tenant.contracts_without_status
    return [one for one in found if wanted in {None, one["contractStatus"]}]


def _month_before(day: date) -> date:
    last_of_month = day.replace(day=1) - timedelta(1)
    return last_of_month.replace(day=min(day.day, last_of_month.day))


ROUTES: Mapping[str, Route] = {
    "GET /v1/customers": _customers,
    "GET /v1/customers/{customerId}": lambda call: call.studio.customers.peek(call.customer_id),
    "GET /v1/customers/{customerId}/activities/checkins": checkins,
    "GET /v1/customers/{customerId}/contracts": lambda call: contracts(call, call.customer_id),
    "GET /v1/customers/{customerId}/account/balances": (
        lambda call: call.studio.balances.peek(call.customer_id)
    ),
    "GET /v1/customers/{customerId}/account/transactions": (
        lambda call: chunks.cut(call, call.studio.transactions.peek(call.customer_id))
    ),
    "GET /v1/customers/{customerId}/account/transactions/upcoming": (
        lambda call: chunks.cut(call, call.studio.upcoming_transactions.peek(call.customer_id))
    ),
}
