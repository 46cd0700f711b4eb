"""How to talk to goTom: reports as files, and what its errors look like."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from singer_tapkit.body import describe_content, is_html
from singer_tapkit.client import HttpClient
from singer_tapkit.errors import ApiError, GatewayError, request_line
from singer_tapkit.responses import ErrorBody, read_date
from tap_gotom import hints
from tap_gotom.config import CredentialSet

if TYPE_CHECKING:
    from requests import Response

    from singer_tapkit.errors import RequestError

MAX_RETRIES: Final = 2
"""Maximum number of retries after an error that mostly lasts."""

REPORT_HEADERS: Final = {"Content-Type": "text/csv", "Accept": "*/*"}
PAGES: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What goTom also answers with a page of HTML; none means that something is not there."""

REPORT_PAGES: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR)
"""What goTom answers with a page of HTML when a report cannot be had."""

TEXT, PROBLEM, UNKNOWN_ENTITY, MESSAGE = "text", "problem", "unknown entity", "message"
"""The forms of errors in JSON."""

ABSENCES: Final[dict[int, str]] = {
    HTTPStatus.NOT_FOUND: PROBLEM,
    HTTPStatus.UNPROCESSABLE_ENTITY: UNKNOWN_ENTITY,
}
"""The forms of the response that something is not there."""


class GoTomClient(HttpClient):
    """The client of one instance of goTom."""

    redirect_hint = hints.REDIRECT
    connection_hint = hints.CONNECTION
    not_api_hint = hints.NOT_API

    def open_report(self, path: str) -> Response:
        """Return the response with a report, whose body is still to be read.

        Raises:
            RequestError: There is no response, or a refusal.
        """
        return self.send("GET", path, headers=REPORT_HEADERS, stream=True)

    @override
    def build_error(self, response: Response, status: int | None = None) -> RequestError:
        error = super().build_error(response, status)
        if isinstance(error, ApiError) and not _is_documented(error):
            error = GatewayError(
                f"{request_line(response.request)} answered {error.status} with an error that "
                f"goTom has not documented for it. {self.not_api_hint}",
                status=error.status,
            )
            error.is_retriable, error.max_retries = True, MAX_RETRIES
        is_refused = response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        if is_refused and _is_report(response):
            error.max_retries = MAX_RETRIES
        return error

    @override
    def read_error_body(self, body: Any) -> ErrorBody | None:
        """Return the words in a JSON string, or in an object; the code is its form."""
        match body:
            case str() as detail:
                return ErrorBody(detail, TEXT)
            case {"title": str(), "status": int(), "detail": str() as detail}:
                return ErrorBody(detail, PROBLEM)
            case {"error": {"msg": str() as detail}}:
                return ErrorBody(detail, UNKNOWN_ENTITY)
            case {"message": str() as detail}:
                return ErrorBody(detail, MESSAGE)
            case _:
                return None

    @override
    def read_plain_error(self, response: Response) -> ErrorBody | None:
        statuses = {*PAGES, *REPORT_PAGES} if _is_report(response) else PAGES
        is_page = response.status_code in statuses and is_html(response)
        return ErrorBody(describe_content(response)) if is_page else None

    @override
    def hint(self, response: Response, status: int, body: ErrorBody) -> str:
        return hints.choose_hint(
            status, response.request.path_url, body.detail, read_date(response)
        )


def _is_documented(error: ApiError) -> bool:
    """Return whether an error has the form that goTom has for its status.

    What is absent goes without a failure, so that nothing else may look like it; and a text may
    hold data where goTom answers none.
    """
    if error.code == TEXT:
        return error.status == HTTPStatus.UNAUTHORIZED
    return error.code in {None, ABSENCES.get(error.status, error.code)}


def _is_report(response: Response) -> bool:
    return CredentialSet.for_path(response.request.path_url) is CredentialSet.GRAPH
