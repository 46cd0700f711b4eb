"""What a user can do about each kind of error of this API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from tap_gotom.config import REPORT_PATHS, CredentialSet

CLOCK_TOLERANCE: Final = timedelta(minutes=30)
"""How much the date of a request may be off, either way."""

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
    "That is no response of goTom's API: check 'instance' or 'base_url', and what stands in "
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
REPORT_FAILED: Final = "If all of this fits, goTom failed to build it."
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


def choose_hint(status: int, path: str, detail: str, server_time: datetime | None) -> str:
    """Return what the user can do about an error, by its status and the API's words."""
    credentials = CredentialSet.for_path(path)
    is_report = credentials is CredentialSet.GRAPH
    user, secret = credentials.user_setting, credentials.secret_setting
    match status:
        case HTTPStatus.UNAUTHORIZED if detail in CLOCK_DETAILS:
            return _compare_clocks(server_time)
        case HTTPStatus.UNAUTHORIZED:
            return CREDENTIALS.get(detail, OTHER_CREDENTIALS).format(user=user, secret=secret)
        case HTTPStatus.FORBIDDEN:
            return FORBIDDEN.format(user=user)
        case HTTPStatus.NOT_FOUND | HTTPStatus.INTERNAL_SERVER_ERROR if is_report:
            hint = REPORT.format(other="custom" if REPORT_PATHS["graph"] in path else "graph")
            return hint if status == HTTPStatus.NOT_FOUND else f"{hint} {REPORT_FAILED}"
        case HTTPStatus.BAD_GATEWAY | HTTPStatus.SERVICE_UNAVAILABLE:
            return MAINTENANCE
        case _:
            return ""


def _compare_clocks(server_time: datetime | None) -> str:
    """Return how far the two clocks are apart."""
    if server_time is None:
        return "Set this machine's clock; the response has no date to compare it with."
    ahead = datetime.now(UTC) - server_time
    apart = timedelta(seconds=round(abs(ahead).total_seconds()))
    if apart < CLOCK_TOLERANCE:
        return (
            f"The clocks of this machine and of the server are {apart} apart (hours, minutes, "
            "seconds), which goTom tolerates: something in between holds requests back or answers "
            "for it."
        )
    direction = "ahead of" if ahead > timedelta() else "behind"
    return (
        f"This machine's clock is {direction} the server's by {apart} (hours, minutes, seconds): "
        "set it, best by NTP. goTom tolerates 30 minutes."
    )
