"""What a user can do about each kind of error of this API."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from tap_gotom.config import CredentialSet

CLOCK_TOLERANCE: Final = 30 * 60
"""Seconds that the date of a request may be off, either way."""

MAINTENANCE: Final = (
    "goTom is maintained on Tuesdays from 20:00 to 24:00 and not fully available then: run the "
    "tap at another hour."
)
CONNECTION: Final = (
    "Check 'instance' or 'base_url', the network and what is in between; for large reports raise "
    f"'request_timeout'. {MAINTENANCE}"
)
REDIRECT: Final = (
    "The tap follows no redirects, as a signature holds for one address only: set 'instance' and "
    "'environment', or 'base_url', to the address where goTom itself is."
)
NOT_API: Final = (
    "That is not what goTom's API answers: check 'instance' or 'base_url', and what stands in "
    "front of the server."
)
FORBIDDEN: Final = (
    "The user in {user!r} is known but may not read this: ask goTom's support (support@gotom.io) "
    "to open the endpoint for it, or deselect the stream."
)
REPORT: Final = (
    "Check that the report is saved under this 'report_id', that it is not a report of 'kind' "
    "{other}, and that 'environment' is the one it is saved in."
)
CREDENTIALS: Final = {
    "Invalid credentials.": (
        "The server does not know the user in {user!r}: compare it with what goTom's support has "
        "sent, and whether it is for this instance and environment."
    ),
    "Signature not valid": (
        "The secret in {secret!r} does not belong to the user in {user!r}, or a proxy changes "
        "requests on their way."
    ),
}
OTHER_CREDENTIALS: Final = (
    "Check {user!r} and {secret!r}, and whether a proxy in between drops or changes headers."
)
CLOCK_DETAILS: Final = frozenset({"Request is too old", "Request is too far in the future"})


def error_hint(status: int, path: str, detail: str, server_date: str) -> str:
    """Return what the user can do about an error.

    Args:
        status: The HTTP status.
        path: What was asked for.
        detail: The API's words.
        server_date: The response's header ``Date``, empty if it has none.
    """
    credentials = CredentialSet.for_path(path)
    is_report = credentials is CredentialSet.GRAPH
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return _unauthorized_hint(credentials, detail, server_date)
        case HTTPStatus.FORBIDDEN:
            return FORBIDDEN.format(user=credentials.user_setting)
        case HTTPStatus.NOT_FOUND if is_report:
            return _report_hint(path)
        case HTTPStatus.INTERNAL_SERVER_ERROR if is_report:
            return f"{_report_hint(path)} If all of this fits, goTom failed to build it."
        case HTTPStatus.BAD_GATEWAY | HTTPStatus.SERVICE_UNAVAILABLE:
            return MAINTENANCE
        case _:
            return ""


def _unauthorized_hint(credentials: CredentialSet, detail: str, server_date: str) -> str:
    if detail in CLOCK_DETAILS:
        return _clock_hint(server_date)
    return CREDENTIALS.get(detail, OTHER_CREDENTIALS).format(
        user=credentials.user_setting, secret=credentials.secret_setting
    )


def _report_hint(path: str) -> str:
    return REPORT.format(other="custom" if "/graph-export/" in path else "graph")


def _clock_hint(server_date: str) -> str:
    """Return how far the two clocks are apart."""
    try:
        server = parsedate_to_datetime(server_date)
    except ValueError:
        return "Set this machine's clock; the answer bears no date to compare it with."
    ahead = (datetime.now(UTC) - server.replace(tzinfo=server.tzinfo or UTC)).total_seconds()
    if abs(ahead) < CLOCK_TOLERANCE:
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
