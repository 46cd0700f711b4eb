"""The API users, of which each may read one group of endpoints."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from singer_tapkit.config import config_error

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT_PATHS: Final = ("/app-api/graph-export/", "/app-api/custom-report-export/")


class Credentials(NamedTuple):
    """An API user with its secret."""

    user: str
    secret: str


class CredentialSet(Enum):
    """The two API users, by the beginning of their settings' names."""

    GRAPH = "graph"
    API = "api"

    @property
    def user_setting(self) -> str:
        """The setting that holds the user."""
        return f"{self.value}_user"

    @property
    def secret_setting(self) -> str:
        """The setting that holds the secret."""
        return f"{self.value}_secret"

    @classmethod
    def for_path(cls, path: str) -> CredentialSet:
        """Return which set signs the requests for a path."""
        return cls.GRAPH if any(part in path for part in REPORT_PATHS) else cls.API


def read_credentials(config: Mapping[str, Any]) -> dict[CredentialSet, Credentials]:
    """Return the credentials in the settings.

    Raises:
        ConfigValidationError: There are none, or a half of some.
    """
    found = {item: _read_one(config, item) for item in CredentialSet if _is_set(config, item)}
    if not found:
        raise config_error(
            "Set 'graph_user' and 'graph_secret' for reports, 'api_user' and 'api_secret' for "
            "everything else, or all four."
        )
    return found


def _is_set(config: Mapping[str, Any], item: CredentialSet) -> bool:
    user, secret = config.get(item.user_setting), config.get(item.secret_setting)
    if bool(user) != bool(secret):
        raise config_error(
            f"{item.user_setting!r} and {item.secret_setting!r} belong together: set both or "
            "neither."
        )
    return bool(user)


def _read_one(config: Mapping[str, Any], item: CredentialSet) -> Credentials:
    credentials = Credentials(config[item.user_setting], config[item.secret_setting])
    if not credentials.user.isprintable():
        raise config_error(
            f"{item.user_setting!r} holds a line break or another control character."
        )
    return credentials
