"""How to talk to GoatCounter: requests, pace, retries, errors."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.exceptions import RetriableAPIError
from typing_extensions import override

from tap_goatcounter.errors import AnswerError, SiteError, TooMuchAtOnceError, describe
from tap_goatcounter.retries import RetryingStream
from tap_goatcounter.sites import API_PATH, Address

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from tap_goatcounter.tap import TapGoatCounter

DOWNLOAD = "/download"
TOO_MUCH = {
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class GoatCounterClient(RetryingStream[None]):
    """A stream as far as HTTP is concerned."""

    url_base = ""
    _tap: TapGoatCounter

    @property
    @override
    def requests_session(self) -> requests.Session:
        return self._tap.session

    def ask(
        self,
        address: Address,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        divisible: bool = False,
    ) -> Any:
        """Send a GET request, again if need be, and decode the answer.

        Args:
            address: The site.
            path: Below the API's own path; ``/status`` lies outside of it.
            params: The query.
            divisible: The same could be asked for in smaller parts.

        Returns:
            The decoded JSON.

        Raises:
            AnswerError: The server refused.
            TooMuchAtOnceError: It refused a divisible request as too much.
            SiteError: The answer is not JSON.
        """
        return decoded(self.get(address, path, params, divisible=divisible))

    def get(
        self,
        address: Address,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        divisible: bool = False,
    ) -> requests.Response:
        """Send a GET request like `ask`, and give the response itself."""

        def attempt() -> requests.Response:
            try:
                return self.once("GET", address, path, params=params)
            except (AnswerError, RetriableAPIError) as error:
                if divisible and status_of(error) in TOO_MUCH:
                    raise TooMuchAtOnceError(str(error)) from error
                raise

        return self.retrying(attempt)()

    def once(self, method: str, address: Address, path: str, **parts: Any) -> requests.Response:
        """Send a request a single time, for what must not be repeated blindly.

        Args:
            method: The HTTP method.
            address: The site.
            path: Below the API's own path.
            parts: `params` or `json`.

        Raises:
            AnswerError: The server refused.
            RetriableAPIError: It failed, or has a limit.
            requests.RequestException: Nobody knows.
        """
        return self._request(self._prepared(method, address, path, **parts), None)

    def _prepared(
        self, method: str, address: Address, path: str, **parts: Any
    ) -> requests.PreparedRequest:
        base = address.url if path == "/status" else address.url + API_PATH
        return self.build_prepared_request(
            method,
            base + path,
            headers=address.headers,
            auth=address.auth,
            **parts,
        )

    @override
    def validate_response(self, response: requests.Response) -> None:
        if not response.url.endswith(DOWNLOAD):
            _ = response.content  # read here, where a broken transfer is tried again
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RetriableAPIError(describe(response), response)
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise AnswerError(response)


def decoded(response: requests.Response) -> Any:
    """Decode an answer.

    Raises:
        SiteError: It is not JSON.
    """
    try:
        return msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        raise SiteError(
            f"{describe(response)} That is not GoatCounter's API: check 'site_url', and what "
            "stands in front of the server.",
        ) from None


def status_of(error: AnswerError | RetriableAPIError) -> int | None:
    """Give the HTTP status that an error is about, None if there was no answer."""
    if isinstance(error, AnswerError):
        return error.status
    return None if error.response is None else error.response.status_code
