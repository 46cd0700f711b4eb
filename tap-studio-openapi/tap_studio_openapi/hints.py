"""What the user can do about each kind of error of this API."""

from __future__ import annotations

from http import HTTPStatus

ADDRESS_HINT = (
    "Set 'base_url' to the address that came with the key, tenant name included. Sandbox and "
    "production are apart: a tenant of one is unknown to the other."
)
NOT_API_HINT = "That is not the Open API: check 'base_url', and what stands in front of the server."
CONNECTION_HINT = (
    "Check 'base_url', the network and what is in between; for a slow server raise "
    "'request_timeout'."
)
RATE_LIMIT_HINT = (
    "If that is repeated, lower 'requests_per_minute', or run other programs that use the API at "
    "other times."
)
HINTS: dict[int, str] = {
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


def scope_hint(scopes: tuple[str, ...]) -> str:
    """Return what is missing, and what the user can do, if a key may not read a stream."""
    return (
        f"the key lacks the scope {' or '.join(scopes)}. Have the vendor or the studio's owner add "
        "it to the integration, or deselect the stream."
    )
