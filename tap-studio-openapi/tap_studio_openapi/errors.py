"""What can go wrong, told so that the reader knows what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from requests import RequestException
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError

from tap_studio_openapi.auth import HEADER

if TYPE_CHECKING:
    from requests import Response

LONGEST_QUOTE = 200
UNEXPECTED = (KeyError, TypeError, ValueError)
FAILURES = (FatalAPIError, RetriableAPIError, RequestException, *UNEXPECTED)

NO_SUCH_TENANT = "login.tenant.not.exists"
OPTED_OUT = "errormessage.third.party.customer.access.disabled"

CURE_FOR_ADDRESS = (
    "Set 'base_url' to the address that came with the key, tenant name included. Sandbox and "
    "production are apart: a tenant of one is unknown to the other."
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


class StudioError(FatalAPIError):
    """A studio, or one stream of it, cannot be read; the others can."""


def told(error: Exception) -> str:
    """Give an error's text, and what to do about it where the error itself does not say."""
    if isinstance(error, RequestException):
        request = error.request
        asked = f" to {request.method} {urlsplit(request.url or '').path}" if request else ""
        return (
            f"no answer{asked}, {shortened(str(error))}. Check 'base_url', the network and what "
            "is in between; for a slow server raise 'request_timeout'."
        )
    if isinstance(error, UNEXPECTED):
        return (
            f"an answer of the server is not as documented ({type(error).__name__}: {error}). "
            "Report it with the tap's version."
        )
    return str(error)


def describe(response: Response) -> str:
    """Say what was asked, what came back and what to do, without any secret."""
    request = response.request
    asked = f"{request.method} {urlsplit(request.url or '').path}"
    key = request.headers.get(HEADER)
    words = api_words(response)
    if key:
        words = words.replace(key, "***")
    return f"{asked} answered {response.status_code}: {words} {_cure(response)}".rstrip()


def api_words(response: Response) -> str:
    """Give what the server says about an error, shortened, with its code and trace id."""
    if response.ok:
        return response.headers.get("Content-Type", "a body without content type") + "."
    if response.is_redirect:
        return f"a redirect to {shortened(response.headers['Location'])}."
    error = _error_in(response)
    if "errorMessage" not in error:
        return _plain_words(response)
    details = [error.get(name) for name in ("errorCode", "reference")]
    if error.get("traceId"):
        details.append(f"trace id {error['traceId']}")
    listed = ", ".join(str(detail) for detail in details if detail)
    return shortened(f"{error['errorMessage']} ({listed})" if listed else error["errorMessage"])


def shortened(text: object) -> str:
    """Give a text on one line, cut where it gets long."""
    line = " ".join(str(text).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"


def _error_in(response: Response) -> dict[str, Any]:
    """Read the error object, which some servers put into a list; empty where there is none."""
    try:
        body: Any = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return {}
    if isinstance(body, list):
        body = body[0] if body else {}
    return body if isinstance(body, dict) else {}


def _plain_words(response: Response) -> str:
    if "html" in response.headers.get("Content-Type", ""):
        return "a page of HTML."
    return shortened(response.text) or response.reason or "an empty body."


def _cure(response: Response) -> str:
    """Say what to do about an answer."""
    if response.is_redirect or _error_in(response).get("errorCode") == NO_SUCH_TENANT:
        return CURE_FOR_ADDRESS
    return CURES.get(response.status_code, "")
