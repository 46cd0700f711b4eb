"""How requests prove who sends them: by one header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from requests.auth import AuthBase
from typing_extensions import override

from singer_tapkit.config import config_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

CREDENTIALS = ("api_key", "jwt")


class AppArenaAuthenticator(AuthBase):
    """Sets an API key, without a scheme word, or a JSON Web Token.

    Source: the API's documentation, "Authentication".
    """

    def __init__(self, *, api_key: str | None = None, jwt: str | None = None) -> None:
        """Take one of the two; a token goes before a key."""
        self._header = f"Bearer {jwt}" if jwt else api_key or ""

    @override
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def validate_credentials(config: Mapping[str, Any]) -> None:
    """Check that the settings hold one credential that a header can carry.

    Raises:
        ConfigValidationError: They do not.
    """
    given = [setting for setting in CREDENTIALS if config.get(setting)]
    if len(given) != 1:
        raise config_error(
            "Set 'api_key' to a key from the developer section of the App-Manager, or 'jwt' to a "
            "token that is still valid, and not both."
        )
    value = config[given[0]]
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise config_error(
            f"{given[0]!r} holds a space, a line break or another character that belongs to no key."
        )
