"""How to talk to goTom: signed requests, and what its errors look like."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from singer_tapkit.body import describe_content
from singer_tapkit.client import HttpClient
from singer_tapkit.errors import NoResponseError
from singer_tapkit.responses import ErrorBody
from tap_gotom import hints
from tap_gotom.auth import HmacAuthenticator
from tap_gotom.config import CredentialSet

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

    from requests import Response

    from singer_tapkit.errors import RequestError
    from tap_gotom.config import Credentials

MAX_RETRIES_OF_A_REFUSED_REPORT: Final = 2
REPORT_HEADERS: Final = {"Content-Type": "text/csv", "Accept": "*/*"}
PAGES: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What goTom also answers with a page of HTML; none says that something is not there."""

REPORT_PAGES: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR)
"""What goTom answers with a page of HTML when a report cannot be had."""


class GoTomClient(HttpClient):
    """Sends signed requests to one instance of goTom.

    Attributes:
        logger: Where retries and long downloads are logged.
    """

    redirect_hint = hints.REDIRECT
    connection_hint = hints.CONNECTION
    not_api_hint = hints.NOT_API

    def __init__(
        self,
        base_url: str,
        credentials: Mapping[CredentialSet, Credentials],
        config: Mapping[str, Any],
        logger: logging.Logger,
    ) -> None:
        """Open a session.

        Args:
            base_url: What ``/app-api`` follows.
            credentials: The credentials of each set that is configured.
            config: The settings.
            logger: Where retries are logged.
        """
        super().__init__(
            [base_url],
            logger=logger,
            auth=HmacAuthenticator(credentials),
            headers={"User-Agent": config["user_agent"]},
            timeout=config["request_timeout"],
            max_retries=config["max_retries"],
        )
        self.logger = logger

    def open_report(self, path: str) -> Response:
        """Return the response with a report, whose body is still to be read.

        Raises:
            RequestError: There is no response, or a refusal.
        """
        return self.send("GET", path, headers=REPORT_HEADERS, stream=True)

    def incomplete_error(self, message: str) -> NoResponseError:
        """Return the error about a response that lacks its end, for the request to be repeated."""
        return NoResponseError(message, host=urlsplit(self.base_url).netloc)

    @override
    def error_of(self, response: Response, status: int | None = None) -> RequestError:
        error = super().error_of(response, status)
        is_refused = response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        if is_refused and _is_report(response):
            error.max_retries = MAX_RETRIES_OF_A_REFUSED_REPORT
        return error

    @override
    def read_error_body(self, body: Any) -> ErrorBody | None:
        """Return the words in a JSON string, or in ``message``, ``detail`` or ``error.msg``."""
        match body:
            case str() as detail:
                return ErrorBody(detail)
            case (
                {"message": str() as detail}
                | {"detail": str() as detail}
                | {"error": {"msg": str() as detail}}
            ):
                return ErrorBody(detail)
            case _:
                return None

    @override
    def read_plain_error(self, response: Response) -> ErrorBody | None:
        is_page = response.status_code in PAGES or (
            _is_report(response) and response.status_code in REPORT_PAGES
        )
        return ErrorBody(describe_content(response)) if is_page else None

    @override
    def hint(self, response: Response, status: int, body: ErrorBody) -> str:
        date = response.headers.get("Date", "")
        return hints.error_hint(status, _path_of(response), body.detail, date)


def _path_of(response: Response) -> str:
    return urlsplit(response.request.url or "").path


def _is_report(response: Response) -> bool:
    return CredentialSet.for_path(_path_of(response)) is CredentialSet.GRAPH
