"""How a request proves who sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import AuthBase
from typing_extensions import override

if TYPE_CHECKING:
    from requests import PreparedRequest


class BearerToken(AuthBase):
    """The API token as ``Authorization: Bearer``; the server takes no other spelling of the word.

    Source: GoatCounter's API documentation, section "Authentication".
    """

    def __init__(self, token: str) -> None:
        """Keep the token of one site.

        Args:
            token: The API token, as GoatCounter shows it under *user name → API*.
        """
        self._header = f"Bearer {token}"

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._header
        return request
