"""Which App-Manager is read, and as whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_apparena.addresses import checked
from tap_apparena.auth import Credential
from tap_apparena.settings_schema import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDENTIALS = ("api_key", "jwt")


@dataclass(frozen=True)
class Connection:
    """The API and what proves who asks it.

    Attributes:
        url: What ``/apps`` follows, without a slash at its end.
        credential: What goes into every request to it, and nowhere else.
    """

    url: str
    credential: Credential = field(repr=False)


def connection(config: Mapping[str, Any]) -> Connection:
    """Read from the settings which API is meant.

    Raises:
        ConfigValidationError: No credentials, or an address that they must not be sent to.
    """
    api_url, allow_http = config["api_url"], config["allow_http"]
    url = checked(api_url, "'api_url'", "https://my.app-arena.com/api/v2/", allow_http=allow_http)
    return Connection(url, _credential(config))


def _credential(config: Mapping[str, Any]) -> Credential:
    given = [setting for setting in CREDENTIALS if config.get(setting)]
    if len(given) != 1:
        raise invalid(
            "Set 'api_key' to a key from the developer section of the App-Manager, or 'jwt' to a "
            "token that is still valid, and not both."
        )
    (setting,) = given
    value = config[setting]
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise invalid(
            f"{setting!r} holds a space, a line break or another character that belongs to no key."
        )
    return Credential(setting, value)
