"""The keys: which ones the settings name, and how they go on requests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from requests.auth import AuthBase
from typing_extensions import override

from singer_tapkit.accounts import AccountList
from singer_tapkit.config import config_error, validate_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

KEY_HEADER = "x-api-key"
API_PATH = "/v1"
HEADER_SAFE = re.compile(r"[!-~]+")


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


@dataclass(frozen=True)
class Connection:
    """One key, which opens one studio, and where it is used.

    Attributes:
        name: What the settings call it, in logs and errors.
        url: The address of the tenant, without ``/v1`` and without a slash at its end.
        auth: Puts the key on requests.
    """

    name: str
    url: str
    auth: ApiKeyAuth = field(repr=False)

    @override
    def __str__(self) -> str:
        """Return what logs and errors call the connection."""
        return self.name


def parse_connection(entry: Mapping[str, Any], config: Mapping[str, Any]) -> Connection:
    """Return the connection that an entry of the settings describes.

    Args:
        entry: The entry.
        config: All settings.

    Raises:
        ConfigValidationError: It must not be used.
    """
    url = validate_base_url(
        entry.get("base_url") or "",
        "'base_url'",
        "https://example.open-api.magicline.com, as it came with the key",
        allow_http=config["allow_http"],
    ).removesuffix(API_PATH)
    key = (entry.get("api_key") or "").strip()
    if not HEADER_SAFE.fullmatch(key):
        raise config_error(
            "'api_key' is missing, or holds blanks or characters that no key has. Copy it again "
            "from the e-mail, by itself."
        )
    return Connection(entry.get("name") or url, url, ApiKeyAuth(key))


CONNECTIONS: Final = AccountList(
    "connections",
    secrets=("api_key",),
    parse=parse_connection,
    required="Set 'base_url' and 'api_key', or 'connections' or 'connections_file' for more than "
    "one studio.",
    single=("base_url", "api_key"),
)
"""The keys that the settings name."""
