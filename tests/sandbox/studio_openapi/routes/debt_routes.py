"""Debt collection, and exports for tax advisors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import chunks, problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.routes.route import Route


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


def _cases(call: Call) -> list[Record]:
    """The cases of any of the ids given; without ids none."""
    wanted = call.arguments
    return [
        case
        for case in call.studio.debt_collection_cases
        if case["debtorId"] in (wanted["debtorId"] or [])
        or _shares(case, "agencyCollectionCaseId", wanted["agencyCollectionCaseId"])
        or _shares(case, "collectionCaseIds", wanted["collectionCaseId"])
    ]


def _shares(case: Record, field: str, wanted: Sequence[str] | None) -> bool:
    values = [one[field] for one in case["agencyCollectionCases"]]
    known = {item for value in values for item in ([value] if isinstance(value, str) else value)}
    return bool(known & {*(wanted or [])})


def _debtors(call: Call) -> Record:
    run = call.arguments["debtCollectionRunId"]
    if run not in call.studio.debtors:
        raise problems.not_found()
    return chunks.cut(call, call.studio.debtors[run])


def _single(records: Mapping[int, Record], number: int) -> Record:
    if number not in records:
        raise problems.not_found()
    return records[number]


ROUTES: Mapping[str, Route] = {
    "GET /v1/debt-collection/blocked/debtors": _blocked_debtors,
    "GET /v1/debt-collection/blocked/debts": _blocked_debts,
    "GET /v1/debt-collection/cases": _cases,
    "GET /v1/debt-collection/configuration": lambda call: call.studio.debt_collection_configuration,
    "GET /v1/debt-collection/{debtCollectionRunId}/debtors": _debtors,
    "GET /v1/debt-collection/{debtCollectionRunId}/details": (
        lambda call: _single(call.studio.transfer_details, call.arguments["debtCollectionRunId"])
    ),
    "GET /v1/taxadvisor/exports/{exportId}": (
        lambda call: _single(call.studio.tax_advisor_exports, call.arguments["exportId"])
    ),
}
