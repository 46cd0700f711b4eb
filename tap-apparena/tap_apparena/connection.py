"""Which App-Manager is read, and as whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from singer_sdk.exceptions import ConfigValidationError

from tap_apparena.auth import Credential

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDENTIALS = ("api_key", "jwt")
NO_ADDRESS = "'api_url' must be an address like https://my.app-arena.com/api/v2/."
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


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
    return Connection(_url(config), _credential(config))


def invalid(message: str) -> ConfigValidationError:
    """Make the error about a setting."""
    return ConfigValidationError(message, errors=[message])


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


def _url(config: Mapping[str, Any]) -> str:
    url: str = config["api_url"].strip()
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        raise invalid(NO_ADDRESS) from None
    if not is_address:
        raise invalid(NO_ADDRESS)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise invalid("'api_url' must hold neither user and password nor anything after ? or #.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not config["allow_http"]:
        raise invalid(
            f"{url} would send data unencrypted. Use https, or set 'allow_http' to true if the "
            "network in between is yours."
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
