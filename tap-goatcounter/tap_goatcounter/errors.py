"""What can go wrong, told so that the reader knows what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from singer_sdk.exceptions import FatalAPIError

from tap_goatcounter.answers import api_words, described, explained

if TYPE_CHECKING:
    from requests import Response

CURE_FOR_SILENCE = (
    "Check 'site_url', the network and proxies in between; for slow servers raise "
    "'request_timeout'."
)
CURES: dict[int, str] = {
    HTTPStatus.MOVED_PERMANENTLY: "Set 'site_url' to the address it redirects to.",
    HTTPStatus.FOUND: "Set 'site_url' to the address it redirects to.",
    HTTPStatus.TEMPORARY_REDIRECT: "Set 'site_url' to the address it redirects to.",
    HTTPStatus.PERMANENT_REDIRECT: "Set 'site_url' to the address it redirects to.",
    HTTPStatus.BAD_REQUEST: "If the server is newer than this tap, look for a newer tap.",
    HTTPStatus.UNAUTHORIZED: (
        "Check the setting 'token': it must be an API token of a user of this very site, "
        "made in GoatCounter under user name → API."
    ),
    HTTPStatus.FORBIDDEN: (
        "Edit the token in GoatCounter under user name → API: give it the missing permission "
        "or the missing site, or make a new one."
    ),
    HTTPStatus.NOT_FOUND: (
        "Check that 'site_url' is the address at which GoatCounter itself opens in a browser, "
        "path prefix included."
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Other programs behind the same address share the server's limit: run them at other "
        "times, or lower 'requests_per_second' or 'requests_per_hour'."
    ),
    HTTPStatus.GATEWAY_TIMEOUT: (
        "The server gave up on a query even for a single day: try again at a quieter hour."
    ),
}


class AnswerError(FatalAPIError):
    """The server answered that it will not do what was asked.

    Attributes:
        status: The HTTP status.
        words: What the server says about it.
    """

    def __init__(self, response: Response) -> None:
        """Describe the answer.

        Args:
            response: An answer other than a success.
        """
        super().__init__(describe(response))
        self.status = response.status_code
        self.words = words_of(response)


class SiteError(FatalAPIError):
    """A site, or one stream of it, cannot be read; the others can."""


class TooMuchAtOnceError(FatalAPIError):
    """The server refused a span of days as too much for one query; a shorter one may do."""


class ExportError(SiteError):
    """An export could not be made, fetched or read."""


def told(error: Exception) -> str:
    """Give an error's text, and what to do about it where the error itself does not say."""
    return explained(error, CURE_FOR_SILENCE)


def words_of(response: Response) -> str:
    """Give what the server says about an error, shortened.

    Errors are JSON in the shapes ``{"error": text}`` and ``{"errors": {field: [text]}}`` whatever
    their content type says; a page of HTML comes from something else in between.
    """
    return api_words(response, "error", "errors")


def describe(response: Response) -> str:
    """Say what was asked, what came back and what to do, without any secret."""
    return described(response, words_of(response), CURES.get(response.status_code, ""))
