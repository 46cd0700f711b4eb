"""The keys that the settings name, and the studios that they open."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_studio_openapi.addresses import checked
from tap_studio_openapi.auth import ApiKey
from tap_studio_openapi.settings_schema import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

API_PATH = "/v1"
HEADER_SAFE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Connection:
    """One key, which opens one studio, and where it is used.

    Attributes:
        name: What the settings call it, in logs and errors.
        url: The address of the tenant, without ``/v1`` and without a slash at its end.
        key: The key.
    """

    name: str
    url: str
    key: str = field(repr=False)

    @cached_property
    def auth(self) -> ApiKey:
        """How its requests authenticate."""
        return ApiKey(self.key)

    @override
    def __str__(self) -> str:
        """Name the connection in logs and errors."""
        return self.name


@dataclass
class Studio:
    """A studio that a key has opened.

    Attributes:
        id: The studio's id.
        connection: How to reach it.
        record: What ``GET /v1/studios/information`` says about it.
        is_lost: Whether its key was refused since, so that nothing more is asked.
    """

    id: int
    connection: Connection
    record: dict[str, Any] = field(repr=False)
    is_lost: bool = False

    @override
    def __str__(self) -> str:
        """Name the studio in logs and errors."""
        return f"{self.connection} (studio {self.id})"


def connections(config: Mapping[str, Any]) -> list[Connection]:
    """Read from the settings which keys there are.

    Raises:
        ConfigValidationError: None, or some that must not be used.
    """
    given = list(config.get("connections") or ())
    if config.get("base_url") or config.get("api_key"):
        given.insert(0, config)
    if not given:
        raise invalid("Set 'base_url' and 'api_key', or 'connections' for more than one studio.")
    found = [_connection(entry, allow_http=config["allow_http"]) for entry in given]
    for name, number in Counter(connection.name for connection in found).items():
        if number > 1:
            raise invalid(f"{number} connections are called {name!r}: give each its own 'name'.")
    return found


def _connection(entry: Mapping[str, Any], *, allow_http: bool) -> Connection:
    name = entry.get("name")
    of = f" of {name!r}" if name else ""
    url = checked(
        entry.get("base_url") or "",
        f"'base_url'{of}",
        "https://example.open-api.magicline.com, as it came with the key",
        allow_http=allow_http,
    ).removesuffix(API_PATH)
    key = (entry.get("api_key") or "").strip()
    if not HEADER_SAFE.fullmatch(key):
        raise invalid(
            f"'api_key'{of} is missing, or holds blanks or characters that no key has. Copy it "
            "again from the e-mail, by itself."
        )
    return Connection(name or url, url, key)
