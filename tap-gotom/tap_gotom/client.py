"""How to talk to goTom: requests, signatures, retries, errors."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk.exceptions import RetriableAPIError
from typing_extensions import override

from tap_gotom.errors import AnswerError, describe
from tap_gotom.instance import Pair
from tap_gotom.pagination import NextPage, decoded, items_of
from tap_gotom.retries import RetryingStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    import requests
    from singer_sdk.helpers.types import Record
    from singer_sdk.streams.rest import HTTPRequest, PageContext

    from tap_gotom.auth import HmacSignature
    from tap_gotom.tap import TapGoTom

MOST_RETRIES_OF_A_REPORT = 2


class GoTomClient(RetryingStream["int | None"]):
    """A stream as far as HTTP is concerned.

    Attributes:
        pair: The credentials that sign its requests.
        content_type: What its requests say they carry; goTom wants one even where there is nothing.
        accept: What they ask for.
    """

    pair: ClassVar[Pair] = Pair.API
    content_type: ClassVar[str] = "application/json"
    accept: ClassVar[str] = "application/json"
    has_one_server = True
    _tap: TapGoTom

    @property
    @override
    def url_base(self) -> str:
        return self._tap.instance.url

    @cached_property
    @override
    def authenticator(self) -> HmacSignature:
        return self._tap.instance.signatures[self.pair]

    @property
    @override
    def requests_session(self) -> requests.Session:
        return self._tap.session

    @property
    @override
    def http_headers(self) -> dict[str, str]:
        return {"Content-Type": self.content_type, "Accept": self.accept}

    @override
    def get_new_paginator(self) -> NextPage:
        return NextPage()

    @override
    def get_http_request(self, *, page: PageContext[int | None]) -> HTTPRequest:
        request = super().get_http_request(page=page)
        request.params["page"] = page.next_page_token
        return request

    @override
    def parse_response(self, response: requests.Response) -> Iterable[Record]:
        return items_of(response)

    def ask(self, path: str) -> dict[str, Any]:
        """Send a GET request, again if need be, and decode the object that it answers.

        Args:
            path: Path with everything in it percent-encoded.

        Raises:
            AnswerError: The server refused.
            UnreadableError: The answer is no JSON object.
        """
        return decoded(self.retrying(self.once)(path), dict)

    def once(self, path: str) -> requests.Response:
        """Send a GET request a single time.

        Raises:
            AnswerError: The server refused.
            RetriableAPIError: It failed, or has a limit.
            requests.RequestException: There was no answer, or not all of it.
        """
        request = self.build_prepared_request(
            "GET", self.url_base + path, headers=self.http_headers
        )
        return self._request(request, None)

    @override
    def validate_response(self, response: requests.Response) -> None:
        status = response.status_code
        if self.pair is not Pair.GRAPH or status != HTTPStatus.OK:
            _ = response.content  # read here, where a broken transfer is tried again
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RetriableAPIError(describe(response), response)
        if status != HTTPStatus.OK:
            raise AnswerError(response)

    @override
    def seconds_to_wait(self, error: Exception, attempt: int) -> float:
        """Give the seconds to wait before the next try.

        Raises:
            AnswerError: A report was refused often enough to take the refusal for final.
        """
        response: requests.Response | None = getattr(error, "response", None)
        if response is not None and attempt >= MOST_RETRIES_OF_A_REPORT and _is_refused(response):
            raise AnswerError(response) from error
        return super().seconds_to_wait(error, attempt)


def _is_refused(response: requests.Response) -> bool:
    """Tell whether it may be the report's kind that is wrong, which goTom answers with 500."""
    path = response.request.path_url
    return (
        response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        and Pair.of_path(path) is Pair.GRAPH
    )
