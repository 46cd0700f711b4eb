"""What can go wrong, told so that the reader knows what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from requests import RequestException
from singer_sdk.exceptions import FatalAPIError

if TYPE_CHECKING:
    from requests import Response

LONGEST_QUOTE = 200
UNEXPECTED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

REDIRECTED = (
    "The tap follows no redirects, as they would take the key to another address: set 'api_url' "
    "to where the API itself is."
)
CURES: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: (
        "If the server does not know an option of the request, change 'filters', 'relations' or "
        "'order_style'."
    ),
    HTTPStatus.UNAUTHORIZED: (
        "Check 'api_key', which is made in the developer section of the App-Manager, or get a new "
        "'jwt', which is valid for two hours; 'api_url' must be where it was made."
    ),
    HTTPStatus.FORBIDDEN: (
        "The key or token is known but lacks the right to read this: give it the right in the "
        "developer section of the App-Manager, or deselect the stream."
    ),
    HTTPStatus.NOT_FOUND: (
        "Check that 'api_url' is the address of the API's version 2, such as "
        "https://my.app-arena.com/api/v2/."
    ),
}
FOR_STORE_OWNERS = "Only store owners may read companies; others read customers."


class AnswerError(FatalAPIError):
    """The server answered that it will not do what was asked.

    Attributes:
        status: The HTTP status, or the one that the body gives instead.
    """

    def __init__(self, response: Response, status: int) -> None:
        """Describe the answer.

        Args:
            response: The answer.
            status: The status that counts.
        """
        super().__init__(describe(response, status))
        self.status = status


class UnreadableError(FatalAPIError):
    """An answer is not what the API's documentation says."""


def told(error: Exception) -> str:
    """Give an error's text, and what to do about it where the error itself does not say."""
    if isinstance(error, RequestException):
        request = error.request
        asked = f" to {request.method} {urlsplit(request.url or '').path}" if request else ""
        return (
            f"no answer{asked}, {type(error).__name__}. Check 'api_url', the network and what is "
            "in between; for slow answers raise 'request_timeout'."
        )
    if isinstance(error, UNEXPECTED):
        return (
            f"an answer of the server is not as documented ({type(error).__name__}: {error}). "
            "Report it with the tap's version."
        )
    return str(error)


def describe(response: Response, status: int) -> str:
    """Say what was asked, what came back and what to do, without any secret.

    Args:
        response: The answer.
        status: The status that counts, which can be another than that of HTTP.
    """
    request = response.request
    path = urlsplit(request.url or "").path
    cure = REDIRECTED if response.is_redirect else CURES.get(status, "")
    if status == HTTPStatus.FORBIDDEN and path.endswith("/companies"):
        cure = FOR_STORE_OWNERS
    return f"{request.method} {path} answered {status}: {api_words(response)} {cure}".rstrip()


def api_words(response: Response) -> str:
    """Give what the server says about an error, shortened.

    How errors look is not documented: an object with ``message`` is expected. Anything else is
    quoted only from a refusal, as other bodies are full of data.
    """
    if response.is_redirect:
        return f"a redirect to {shortened(response.headers['Location'].partition('?')[0])}."
    try:
        body: Any = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return _plain_words(response)
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body.get("error") or body
    if response.ok and not isinstance(body, str):
        return response.headers.get("Content-Type", "a body without content type")
    return shortened(body if isinstance(body, str) else msgspec.json.encode(body).decode())


def shortened(text: str) -> str:
    """Give a text on one line, cut where it gets long."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _plain_words(response: Response) -> str:
    if "html" in response.headers.get("Content-Type", ""):
        return "a page of HTML."
    if response.ok:
        return response.headers.get("Content-Type", "a body without content type")
    return shortened(response.text) or response.reason or "an empty body."
