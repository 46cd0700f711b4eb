"""What responses are: data as documented, an error of the API, or something in between; and when.

Only the API's own form of errors can say that something is not there or may not be read. All else
comes from what stands in front of the server, such as a proxy or a load balancer.

Servers date their data by their own clock. That of this machine may be wrong by minutes or years,
and a bookmark in the future would hide all records until then.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from singer_tapkit.body import decode_json, describe_content
from singer_tapkit.errors import (
    ApiError,
    ExtractionError,
    GatewayError,
    NoResponseError,
    RequestError,
    redact,
    request_line,
    response_error_message,
    truncate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response


T = TypeVar("T")

SECONDS: Final = re.compile(r"-?[0-9]+(?:\.[0-9]*)?")
MAX_GATEWAY_RETRIES: Final = 2
"""A page from something in between is worth another try, but is mostly there to stay."""

USER_IN_URL: Final = re.compile(r"//[^/@]*@")

YEARS: Final = range(1970, 9999)
"""The years that a clock may show; others are no time."""


def is_success(response: Response) -> bool:
    """Return whether the status is that of a success, which a redirect is not."""
    return response.status_code in range(200, 300)


class ErrorBody(NamedTuple):
    """What an API says in the body of an error: its words, and its own code if it has any."""

    detail: str
    code: str | None = None


class ResponseReader:
    """Reads the responses of one API; a client derives from it and knows what errors look like.

    Attributes:
        hints: What the user can do about an error, by status.
        redirect_hint: The same about a redirect.
        not_api_hint: The same about a body that is not the API's.
    """

    hints: ClassVar[Mapping[int, str]] = {}
    redirect_hint: ClassVar[str] = "Set the address in the settings to where it redirects to."
    not_api_hint: ClassVar[str] = (
        "Check the address in the settings, and what stands in front of the server."
    )

    def decode(self, response: Response, kind: type[T]) -> T:
        """Return the body of a response, decoded into a type.

        Raises:
            InvalidResponseError: It is something else.
        """
        return decode_json(response, kind, self.not_api_hint)

    def validate_response(self, response: Response) -> None:
        """Raise the error that a response stands for.

        Raises:
            ApiError: The API refused.
            GatewayError: Something in between did.
            NoResponseError: There is a part of the response, though no request asks for a part.
        """
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            response.close()
            raise NoResponseError(
                f"{request_line(response.request)} answered 206 with a part of what was asked for. "
                f"{self.not_api_hint}",
                host=urlsplit(response.url).netloc,
            )
        if not is_success(response):
            raise self.build_error(response)

    def build_error(self, response: Response, status: int | None = None) -> RequestError:
        """Return the error that a response stands for; its status, if that is not HTTP's."""
        status = response.status_code if status is None else status
        body = self._error_body(response)
        error: RequestError
        if response.is_redirect or body is None:
            error = GatewayError(self._gateway_message(response, status), status=status)
            error.max_retries = None if error.is_transient else MAX_GATEWAY_RETRIES
            error.is_retriable = not response.is_redirect
        else:
            detail = truncate(redact(body.detail, response.request)) or response.reason or "nothing"
            message = response_error_message(
                response, status, detail, self.hint(response, status, body)
            )
            error = ApiError(message, status=status, detail=detail, code=body.code)
            error.is_retriable = error.is_transient
        error.retry_after = read_retry_after(response)
        return error

    def read_error_body(self, body: Any) -> ErrorBody | None:
        """Return what the API says in the decoded body of an error.

        None stands for a body that is no error as this API documents it: then it comes from
        something else.
        """
        detail = body.get("message") if isinstance(body, dict) else None
        return ErrorBody(detail) if isinstance(detail, str) else None

    def read_plain_error(self, response: Response) -> ErrorBody | None:
        """Return what an API says that answers errors as text or without a body.

        By default that is None, as what is no JSON mostly comes from something else.
        """
        del response
        return None

    def hint(self, response: Response, status: int, body: ErrorBody) -> str:
        """Return what the user can do about an error of the API with the status that counts."""
        del response, body
        return self.hints.get(status, "")

    def _error_body(self, response: Response) -> ErrorBody | None:
        try:
            body = decode_json(response, object)
        except ExtractionError:
            return self.read_plain_error(response)
        return self.read_error_body(body)

    def _gateway_message(self, response: Response, status: int) -> str:
        if response.is_redirect:
            location = re.split("[?#]", response.headers["Location"])[0]
            target = redact(USER_IN_URL.sub("//", location), response.request)
            detail = f"a redirect to {truncate(target)}"
            return response_error_message(response, status, detail, self.redirect_hint)
        detail = f"{describe_content(response)}, and not an error of the API"
        return response_error_message(response, status, detail, self.not_api_hint)


def read_retry_after(response: Response) -> float | None:
    """Return the seconds in ``Retry-After``, from either of its two forms; they may be negative.

    A date counts from the response's own, as both are by the clock of the server.
    Source: RFC 9110, section 10.2.3.
    """
    value = response.headers.get("Retry-After", "").strip()
    if SECONDS.fullmatch(value):
        return float(value)
    moment = parse_http_date(value)
    if moment is None:
        return None
    return (moment - (read_date(response) or datetime.now(UTC))).total_seconds()


def read_date(response: Response) -> datetime | None:
    """Return when a response was made by the server's clock, None if it has no date."""
    return parse_http_date(response.headers.get("Date", ""))


def parse_http_date(text: str) -> datetime | None:
    """Return the time in a header, None if there is none.

    Source: RFC 9110, section 5.6.7.
    """
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.year not in YEARS:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
