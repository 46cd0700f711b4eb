"""Customers, and the log of their import."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.gotom.answers import json_answer
from tests.sandbox.gotom.pagination import page_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context


def customers(context: Context) -> Response:
    """``GET /customer``."""
    return page_of(context, context.instance.data.customers)


def customer(context: Context) -> Response:
    """``GET /customer/{customerCrmExternalId}``."""
    wanted = context.arguments["customerCrmExternalId"].casefold()
    for item in context.instance.data.customers:
        if (item["externalCrmId"] or "").casefold() == wanted:
            return json_answer({"ok": True, "customer": item})
    content = {"ok": False, "message": "Customer not found", "customer": None}
    return json_answer(content, HTTPStatus.NOT_FOUND)


def import_log(context: Context) -> Response:
    """``GET /crm-sync-import-external-crm-id/error-logs/{jobId}``."""
    number = int(context.arguments["jobId"])
    if log := context.instance.data.import_jobs.get(number):
        return json_answer(log)
    content = {
        "errorLogs": None,
        "warningLogs": None,
        "jobStatus": "NO_JOB_FOUND",
        "sentJobId": number,
    }
    return json_answer(content, HTTPStatus.NOT_FOUND)
