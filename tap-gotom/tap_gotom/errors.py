"""What can go wrong, told so that the reader knows what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from singer_sdk.exceptions import FatalAPIError

from tap_gotom.answers import api_words, described, explained, plain_words
from tap_gotom.instance import Pair

if TYPE_CHECKING:
    from requests import Response

TOLERANCE_SECONDS = 30 * 60
CLOCK_WORDS = {"Request is too old", "Request is too far in the future"}
MAINTENANCE = (
    "goTom is maintained on Tuesdays from 20:00 to 24:00 and not fully available then: run the "
    "tap at another hour."
)
CURE_FOR_SILENCE = (
    "Check 'instance' or 'base_url', the network and what is in between; for large reports raise "
    f"'request_timeout'. {MAINTENANCE}"
)
REDIRECTED = (
    "The tap follows no redirects, as a signature holds for one address only: set 'instance' and "
    "'environment', or 'base_url', to the address where goTom itself is."
)


class AnswerError(FatalAPIError):
    """The server answered that it will not do what was asked.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, response: Response) -> None:
        """Describe the answer.

        Args:
            response: An answer other than a success.
        """
        super().__init__(describe(response))
        self.status = response.status_code


class UnreadableError(FatalAPIError):
    """An answer is not what the API's documentation says."""


class ReportError(FatalAPIError):
    """A report cannot be fetched or read; the other streams can."""


def told(error: Exception) -> str:
    """Give an error's text, and what to do about it where the error itself does not say."""
    return explained(error, CURE_FOR_SILENCE)


def describe(response: Response) -> str:
    """Say what was asked, what came back and what to do, without any secret.

    Errors are a JSON string, or an object with ``message``, ``detail`` or ``error.msg``, or a page
    of HTML.
    """
    words = (
        plain_words(response)
        if response.ok
        else api_words(response, "message", "detail", "error", "msg")
    )
    return described(response, words, _cure(response, words))


def _cure(response: Response, words: str) -> str:
    """Say what to do about an answer."""
    path = urlsplit(response.request.url or "").path
    pair = Pair.of_path(path)
    match response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return _cure_for_credentials(response, words, pair)
        case HTTPStatus.FORBIDDEN:
            return (
                f"The user in {pair.user!r} is known but may not read this: ask goTom's support "
                "(support@gotom.io) to open the endpoint for it, or deselect the stream."
            )
        case HTTPStatus.NOT_FOUND if pair is Pair.GRAPH:
            return _cure_for_report(path)
        case HTTPStatus.INTERNAL_SERVER_ERROR if pair is Pair.GRAPH:
            return f"{_cure_for_report(path)} If all of this fits, goTom failed to build it."
        case HTTPStatus.BAD_GATEWAY | HTTPStatus.SERVICE_UNAVAILABLE:
            return MAINTENANCE
        case _:
            return REDIRECTED if response.is_redirect else ""


def _cure_for_report(path: str) -> str:
    other = "custom" if "/graph-export/" in path else "graph"
    return (
        f"Check that the report is saved under this 'report_id', that it is not a report of "
        f"'kind' {other}, and that 'environment' is the one it is saved in."
    )


def _cure_for_credentials(response: Response, words: str, pair: Pair) -> str:
    if words in CLOCK_WORDS:
        return _cure_for_clock(response)
    if words == "Invalid credentials.":
        return (
            f"The server does not know the user in {pair.user!r}: compare it with what goTom's "
            "support has sent, and whether it is for this instance and environment."
        )
    if words == "Signature not valid":
        return (
            f"The secret in {pair.secret!r} does not belong to the user in {pair.user!r}, or a "
            "proxy changes requests on their way."
        )
    return (
        f"Check {pair.user!r} and {pair.secret!r}, and whether a proxy in between drops or "
        "changes headers."
    )


def _cure_for_clock(response: Response) -> str:
    """Tell how far the two clocks are apart; goTom takes half an hour to either side."""
    try:
        server = parsedate_to_datetime(response.headers["Date"])
        ahead = (datetime.now(UTC) - server).total_seconds()
    except (KeyError, TypeError, ValueError):
        return "Set this machine's clock; the answer bears no date to compare it with."
    if abs(ahead) < TOLERANCE_SECONDS:
        return (
            f"The clocks of this machine and of the server are {abs(ahead):.0f} seconds apart, "
            "which goTom tolerates: something in between holds requests back or answers for it."
        )
    direction = "ahead of" if ahead > 0 else "behind"
    return (
        f"This machine's clock is {_duration(abs(ahead))} {direction} the server's: set it, best "
        "by NTP. goTom tolerates 30 minutes."
    )


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"  # noqa: PLR2004
