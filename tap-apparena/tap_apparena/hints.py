"""What a user can do about the errors of this API."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: (
        "If the server does not know an option of the request, change 'filters' or 'relations'; if "
        "it gives fewer rows at once, lower 'page_size'."
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
STORE_OWNERS_HINT: Final = "Only store owners may read companies; others read customers."
REDIRECT_HINT: Final = (
    "The tap follows no redirects, as they would take the key to another address: set 'api_url' "
    "to where the API itself is."
)
CONNECTION_HINT: Final = (
    "Check 'api_url', the network and what is in between; for slow responses raise "
    "'request_timeout'."
)
NOT_API_HINT: Final = (
    "Check 'api_url' and the key, and whether a login or a maintenance page stands in front of the "
    "API."
)
