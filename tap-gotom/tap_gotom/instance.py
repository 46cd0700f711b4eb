"""Which goTom is read, and the API users that may read it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from singer_sdk.exceptions import ConfigValidationError

from tap_gotom.auth import HmacSignature

if TYPE_CHECKING:
    from collections.abc import Mapping

API_PATH = "/app-api"
REPORT_PATHS = (f"{API_PATH}/graph-export/", f"{API_PATH}/custom-report-export/")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
PREFIXES = {"prod": "", "test": "test-"}


class Pair(Enum):
    """The two pairs of credentials, by the beginning of their settings' names."""

    GRAPH = "graph"
    API = "api"

    @property
    def user(self) -> str:
        """The setting that holds the user."""
        return f"{self.value}_user"

    @property
    def secret(self) -> str:
        """The setting that holds the secret."""
        return f"{self.value}_secret"

    @classmethod
    def of_path(cls, path: str) -> Pair:
        """Tell which pair signs the requests for a path."""
        return cls.GRAPH if any(part in path for part in REPORT_PATHS) else cls.API


@dataclass(frozen=True)
class Instance:
    """One client's goTom.

    Attributes:
        url: What ``/app-api`` follows, without a slash at its end.
        signatures: How requests are signed, for each pair of credentials that is set.
    """

    url: str
    signatures: Mapping[Pair, HmacSignature] = field(repr=False)


def instance(config: Mapping[str, Any]) -> Instance:
    """Read from the settings which goTom is meant.

    Raises:
        ConfigValidationError: No address or no credentials, or some that must not be used.
    """
    signatures = {pair: _signature(config, pair) for pair in Pair if _is_set(config, pair)}
    if not signatures:
        raise invalid(
            "Set 'graph_user' and 'graph_secret' for reports, 'api_user' and 'api_secret' for "
            "everything else, or all four."
        )
    return Instance(_url(config), signatures)


def invalid(message: str) -> ConfigValidationError:
    """Make the error about a setting."""
    return ConfigValidationError(message, errors=[message])


def _is_set(config: Mapping[str, Any], pair: Pair) -> bool:
    user, secret = config.get(pair.user), config.get(pair.secret)
    if bool(user) != bool(secret):
        raise invalid(f"{pair.user!r} and {pair.secret!r} belong together: set both or neither.")
    return bool(user)


def _signature(config: Mapping[str, Any], pair: Pair) -> HmacSignature:
    user = config[pair.user]
    if not user.isprintable():
        raise invalid(f"{pair.user!r} holds a line break or another control character.")
    return HmacSignature(user, config[pair.secret])


def _url(config: Mapping[str, Any]) -> str:
    if given := config.get("base_url"):
        return _checked(given.strip(), allow_http=config.get("allow_http", False))
    name = config.get("instance", "")
    if not SUBDOMAIN.fullmatch(name):
        raise invalid(
            "Set 'instance' to the part of the address before .gotom.io, such as acme for "
            f"https://acme.gotom.io, or set 'base_url'; {name!r} is no such part."
        )
    return f"https://{PREFIXES[config.get('environment', 'prod')]}{name.lower()}.gotom.io"


def _checked(url: str, *, allow_http: bool) -> str:
    parts = _parts(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid("'base_url' must be an address like https://acme.gotom.io.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise invalid("'base_url' must hold neither user and password nor anything after ? or #.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_http:
        raise invalid(
            f"{url} would send data unencrypted. Use https, or set 'allow_http' to true if the "
            "network in between is yours."
        )
    path = parts.path.rstrip("/").removesuffix(API_PATH)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _parts(url: str) -> SplitResult | None:
    """Split an address; None if it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
