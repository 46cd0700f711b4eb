"""Downloads of saved reports."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.gotom.answers import page
from tests.sandbox.gotom.download import Download

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context


def graph_report(context: Context) -> Response:
    """``GET /graph-export/download/{id}``, which breaks down over reports of the other kind."""
    number, reports = _number(context), context.instance.reports
    if report := reports.get(("graph", number)):
        return Download(report)
    known = ("custom", number) in reports
    return page(HTTPStatus.INTERNAL_SERVER_ERROR if known else HTTPStatus.NOT_FOUND)


def custom_report(context: Context) -> Response:
    """``GET /custom-report-export/download/{id}``."""
    report = context.instance.reports.get(("custom", _number(context)))
    return Download(report) if report else page(HTTPStatus.NOT_FOUND)


def _number(context: Context) -> int:
    return int(context.arguments["savedReportId"])
