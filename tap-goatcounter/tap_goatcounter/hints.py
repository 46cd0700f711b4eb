"""What the user can do about each kind of error."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

HINTS: Final[dict[int, str]] = {
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

REDIRECT_HINT: Final = "Set 'site_url' to the address it redirects to."
CONNECTION_HINT: Final = (
    "Check 'site_url', the network and proxies in between; for slow servers raise "
    "'request_timeout'."
)
NOT_API_HINT: Final = (
    "That is not GoatCounter's API: check 'site_url', and what stands in front of the server."
)
