"""How to talk to the API: its errors, its rate limits, its keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import msgspec
from typing_extensions import override

from singer_tapkit.client import HttpClient
from singer_tapkit.rate_limit import RateLimiter, RateLimitKey, Window
from singer_tapkit.responses import ErrorBody
from tap_studio_openapi.auth import KEY_HEADER
from tap_studio_openapi.hints import (
    ADDRESS_HINT,
    CONNECTION_HINT,
    HINTS,
    NOT_API_HINT,
    RATE_LIMIT_HINT,
)

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping, Sequence

    from requests import PreparedRequest, Response

NO_SUCH_TENANT = "login.tenant.not.exists"
OPTED_OUT = "errormessage.third.party.customer.access.disabled"
SECONDS_PER_MINUTE = 60.0
ID = re.compile(r"/[0-9]+(?=/|$)")


class ErrorResponse(msgspec.Struct, rename="camel"):
    """An error as the API documents it.

    Source: the API's documentation, section "Error handling".

    Attributes:
        error_message: What has happened, in the language that was asked for.
        error_code: The stable name of the error.
        trace_id: What the vendor's support asks for.
        reference: The input that is not valid.
    """

    error_message: str
    error_code: str | None = None
    trace_id: str | int | None = None
    reference: str | None = None

    def describe(self) -> str:
        """Return the message with what else helps to find the cause."""
        trace = f"trace id {self.trace_id}" if self.trace_id else None
        details = ", ".join(filter(None, (self.error_code, self.reference, trace)))
        return f"{self.error_message} ({details})" if details else self.error_message


class StudioClient(HttpClient):
    """Sends the requests of all studios; each request has the key of its own studio.

    Source: the API's documentation, sections "Rate limiting" and "Error handling".
    """

    hints: ClassVar[Mapping[int, str]] = HINTS
    redirect_hint = ADDRESS_HINT
    connection_hint = CONNECTION_HINT
    not_api_hint = NOT_API_HINT
    waits_for_limits = True

    @override
    def read_error_body(self, body: Any) -> ErrorBody | None:
        """Return what the API says; some servers put the error into a list."""
        error = body[0] if isinstance(body, list) and body else body
        try:
            found = msgspec.convert(error, ErrorResponse)
        except msgspec.ValidationError:
            return None
        return ErrorBody(found.describe(), found.error_code)

    @override
    def hint(self, response: Response, status: int, body: ErrorBody) -> str:
        if body.code == NO_SUCH_TENANT:
            return ADDRESS_HINT
        return super().hint(response, status, body)

    @override
    def rate_limit_key(self, request: PreparedRequest) -> RateLimitKey:
        """Return what counts a request: each endpoint counts for itself, for each key as it seems.

        Whether one counter serves a key or all keys of a tenant is not documented.
        """
        parts = urlsplit(request.url or "")
        endpoint = ID.sub("/{id}", parts.path)
        return RateLimitKey(parts.netloc, endpoint, str(request.headers.get(KEY_HEADER, "")))


def open_client(
    config: Mapping[str, Any],
    urls: Sequence[str],
    logger: logging.Logger,
    slices: Mapping[str, int],
) -> StudioClient:
    """Return a client that obeys the settings.

    Args:
        config: The settings.
        urls: The addresses of all tenants.
        logger: Where retries and waits are logged.
        slices: In how many slices there are keys of a tenant, by its address.
    """
    window = Window(config["requests_per_minute"], SECONDS_PER_MINUTE)
    return StudioClient(
        urls,
        logger=logger,
        headers={"Accept-Language": config["accept_language"]},
        config=config,
        max_concurrency=config["max_concurrency"],
        rate_limiter=RateLimiter(
            logger,
            [window],
            hint=RATE_LIMIT_HINT,
            processes={urlsplit(url).netloc: count for url, count in slices.items()},
            shares_credentials=config["keys_share_limit"],
        ),
    )
