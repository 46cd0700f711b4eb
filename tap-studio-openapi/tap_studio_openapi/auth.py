"""How a request proves who sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import AuthBase
from typing_extensions import override

if TYPE_CHECKING:
    from requests import PreparedRequest

KEY_HEADER = "x-api-key"


class ApiKeyAuth(AuthBase):
    """The key of one studio, in a header of its own.

    Source: the API's documentation, section "Authentication".
    """

    def __init__(self, key: str) -> None:
        """Keep the key of one studio.

        Args:
            key: What came by e-mail when the studio's owner activated the integration.
        """
        self._key = key

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[KEY_HEADER] = self._key
        return request
