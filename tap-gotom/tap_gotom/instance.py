"""Which goTom is read, and the API users that may read it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from tap_gotom.addresses import checked
from tap_gotom.auth import HmacSignature
from tap_gotom.settings_schema import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

API_PATH = "/app-api"
REPORT_PATHS = (f"{API_PATH}/graph-export/", f"{API_PATH}/custom-report-export/")
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
        allow_http = config["allow_http"]
        url = checked(given, "'base_url'", "https://acme.gotom.io", allow_http=allow_http)
        return url.removesuffix(API_PATH)
    name = config.get("instance", "")
    if not SUBDOMAIN.fullmatch(name):
        raise invalid(
            "Set 'instance' to the part of the address before .gotom.io, such as acme for "
            f"https://acme.gotom.io, or set 'base_url'; {name!r} is no such part."
        )
    return f"https://{PREFIXES[config['environment']]}{name.lower()}.gotom.io"
