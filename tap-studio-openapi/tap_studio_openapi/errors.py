"""What can go wrong, told so that the reader knows what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.exceptions import FatalAPIError

from tap_studio_openapi.answers import described, explained, plain_words, quoted

if TYPE_CHECKING:
    from requests import Response

NO_SUCH_TENANT = "login.tenant.not.exists"
OPTED_OUT = "errormessage.third.party.customer.access.disabled"

CURE_FOR_ADDRESS = (
    "Set 'base_url' to the address that came with the key, tenant name included. Sandbox and "
    "production are apart: a tenant of one is unknown to the other."
)
CURE_FOR_SILENCE = (
    "Check 'base_url', the network and what is in between; for a slow server raise "
    "'request_timeout'."
)
CURES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: (
        "The key is missing, mistyped, of another tenant, or its integration was deactivated: "
        "compare 'api_key' and 'base_url' with the e-mail they came in. One key opens one studio."
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Other programs share the allowance: run them at other times, or lower "
        "'requests_per_minute'."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The vendor's database is under load: run the tap at a quieter hour, or raise "
        "'max_retries'."
    ),
}


class AnswerError(FatalAPIError):
    """The server answered that it will not do what was asked.

    Attributes:
        status: The HTTP status.
        code: The API's own word for the error, empty if there is none.
    """

    def __init__(self, response: Response) -> None:
        """Describe the answer.

        Args:
            response: An answer other than a success.
        """
        super().__init__(describe(response))
        self.status = response.status_code
        self.code = str(_error_in(response).get("errorCode") or "")


class UnreadableError(FatalAPIError):
    """An answer is not what the API's documentation says."""


def told(error: Exception) -> str:
    """Give an error's text, and what to do about it where the error itself does not say."""
    return explained(error, CURE_FOR_SILENCE)


def describe(response: Response) -> str:
    """Say what was asked, what came back and what to do, without any secret."""
    return described(response, _words(response), _cure(response))


def _words(response: Response) -> str:
    """Give what the server says about an error, shortened, with its code and trace id."""
    error = {} if response.ok else _error_in(response)
    if "errorMessage" not in error:
        return plain_words(response)
    details = [error.get(name) for name in ("errorCode", "reference")]
    if error.get("traceId"):
        details.append(f"trace id {error['traceId']}")
    listed = ", ".join(str(detail) for detail in details if detail)
    words = str(error["errorMessage"])
    return quoted(response, f"{words} ({listed})" if listed else words)


def _error_in(response: Response) -> dict[str, Any]:
    """Read the error object, which some servers put into a list; empty where there is none."""
    try:
        body: Any = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return {}
    if isinstance(body, list):
        body = body[0] if body else {}
    return body if isinstance(body, dict) else {}


def _cure(response: Response) -> str:
    """Say what to do about an answer."""
    if response.is_redirect or _error_in(response).get("errorCode") == NO_SUCH_TENANT:
        return CURE_FOR_ADDRESS
    return CURES.get(response.status_code, "")
