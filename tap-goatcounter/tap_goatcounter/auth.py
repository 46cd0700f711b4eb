"""How a request proves who sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import AuthBase
from typing_extensions import override

if TYPE_CHECKING:
    from requests import PreparedRequest

    from tap_goatcounter.config import SiteCredentials


class SiteAuthenticator(AuthBase):
    """The API token as ``Authorization: Bearer``; the server takes no other spelling of the word.

    Source: GoatCounter's API documentation, section "Authentication".
    """

    def __init__(self, credentials: SiteCredentials) -> None:
        """Keep the credentials of one site.

        Args:
            credentials: The credentials, whose host decides which site of a server is meant.
        """
        self._credentials = credentials

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._credentials.token}"
        if self._credentials.host is not None:
            request.headers["Host"] = self._credentials.host
        return request
