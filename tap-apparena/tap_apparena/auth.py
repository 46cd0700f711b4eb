"""How a request proves who sends it: by one header, to one host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import AuthBase
from typing_extensions import override

if TYPE_CHECKING:
    from requests import PreparedRequest


class Credential(AuthBase):
    """An API key or a JSON Web Token, with the rights that were given to it.

    Source: the API's documentation, "Authentication".
    """

    def __init__(self, setting: str, value: str) -> None:
        """Take the credential from a setting.

        Args:
            setting: ``api_key`` or ``jwt``.
            value: The key, which goes out without a scheme word, or the token.
        """
        self.setting = setting
        self._header = f"Bearer {value}" if setting == "jwt" else value

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._header
        return request
