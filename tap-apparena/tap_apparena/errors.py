"""What can go wrong, told so that the reader knows what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from singer_sdk.exceptions import FatalAPIError

from tap_apparena.answers import api_words, described, explained

if TYPE_CHECKING:
    from requests import Response

CURE_FOR_SILENCE = (
    "Check 'api_url', the network and what is in between; for slow answers raise 'request_timeout'."
)
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
    return explained(error, CURE_FOR_SILENCE)


def describe(response: Response, status: int) -> str:
    """Say what was asked, what came back and what to do, without any secret.

    How errors look is not documented: an object with ``message`` is expected.

    Args:
        response: The answer.
        status: The status that counts, which can be another than that of HTTP.
    """
    words = api_words(response, "message", "detail", "error")
    return described(response, words, _cure(response, status), status)


def _cure(response: Response, status: int) -> str:
    """Say what to do about an answer."""
    if response.is_redirect:
        return REDIRECTED
    path = urlsplit(response.request.url or "").path
    if status == HTTPStatus.FORBIDDEN and path.endswith("/companies"):
        return FOR_STORE_OWNERS
    return CURES.get(status, "")
