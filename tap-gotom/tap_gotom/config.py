"""The settings, as users see them in ``--about``, in Meltano and on its hub."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from singer_sdk import typing as th

from singer_tapkit.config import (
    common_settings,
    config_error,
    to_config_schema,
    validate_base_url,
)
from tap_gotom.column_types import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

API_PATH: Final = "/app-api"
REPORT_PATHS: Final = {
    "graph": "/app-api/graph-export/download",
    "custom": "/app-api/custom-report-export/download",
}
REQUEST_TIMEOUT: Final = 900
"""Seconds; goTom sends nothing while it builds a report."""

PREFIXES: Final = {"prod": "", "test": "test-"}
SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE)


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
        is_report = any(part in path for part in REPORT_PATHS.values())
        return cls.GRAPH if is_report else cls.API


COLUMN_TYPE: Final = {
    "anyOf": [
        {"type": "string", "enum": list(KINDS)},
        {
            "type": "object",
            "properties": {
                "type": {"type": "string", "enum": list(KINDS)},
                "format": {"type": "string", "minLength": 1},
            },
            "required": ["type"],
            "additionalProperties": False,
        },
    ]
}

TEXT: Final = th.StringType(min_length=1)
REPORT: Final = th.ObjectType(
    th.Property("name", TEXT, required=True, description="What the report's stream is called."),
    th.Property(
        "report_id",
        th.IntegerType(minimum=1),
        required=True,
        description="The number at the end of the report's address in goTom.",
    ),
    th.Property(
        "kind",
        th.StringType(allowed_values=["graph", "custom"]),
        default="graph",
        description="Whether it is a graph report or a custom report.",
    ),
    th.Property(
        "primary_keys",
        th.ArrayType(TEXT),
        description="The columns that distinguish its rows; without them all rows are replaced.",
    ),
    th.Property(
        "columns",
        th.CustomType({"type": ["object", "null"], "additionalProperties": COLUMN_TYPE}),
        description="All columns with their types; without them, columns are found out and text.",
    ),
    th.Property("delimiter", TEXT, default=",", description="The character between cells."),
    th.Property("encoding", TEXT, default="utf-8-sig", description="The encoding."),
    th.Property(
        "quotechar",
        th.StringType,
        default='"',
        description="The quote character of cells; empty for none.",
    ),
    th.Property("replication_key", TEXT, description="Load only new values of this column."),
    th.Property(
        "lookback_days",
        th.IntegerType(minimum=0),
        default=0,
        description="How many days before the newest value are loaded again.",
    ),
    th.Property(
        "skip_unchanged",
        th.BooleanType,
        default=False,
        description="Load nothing if the download equals the last one that was loaded.",
    ),
    additional_properties=False,
)

SETTINGS: Final = th.PropertiesList(
    th.Property(
        "instance",
        TEXT,
        title="Instance",
        description="The part of goTom's address before .gotom.io: acme for https://acme.gotom.io.",
    ),
    th.Property(
        "environment",
        th.StringType(allowed_values=["prod", "test"]),
        default="prod",
        title="Environment",
        description="The productive instance or its test instance, which has other data and "
        "other users.",
    ),
    th.Property(
        "base_url",
        TEXT,
        title="Base address",
        description="The whole address, in place of instance and environment.",
    ),
    th.Property(
        "graph_user",
        TEXT,
        title="User for reports",
        description="The API user that may download graph reports and custom reports.",
    ),
    th.Property(
        "graph_secret",
        TEXT,
        secret=True,
        title="Secret for reports",
        description="The secret of that user.",
    ),
    th.Property(
        "api_user",
        TEXT,
        title="User for everything else",
        description="The API user that may read lookups, prices, customers and campaigns.",
    ),
    th.Property(
        "api_secret",
        TEXT,
        secret=True,
        title="Secret for everything else",
        description="The secret of that user.",
    ),
    th.Property(
        "reports",
        th.ArrayType(REPORT),
        title="Reports",
        description="The saved reports to read, a stream each: a list of objects with `name`, "
        "`report_id`, `kind` (graph or custom) and more.",
    ),
    th.Property(
        "campaign_external_ids",
        th.ArrayType(TEXT),
        title="External ids of campaigns",
        description="Which campaigns to read, as goTom cannot list them.",
    ),
    th.Property(
        "campaign_external_ids_from",
        th.ObjectType(
            th.Property("report", th.StringType, required=True),
            th.Property("column", th.StringType, required=True),
            additional_properties=False,
        ),
        title="Report with external ids",
        description="Which campaigns to read besides: the name of a configured report and of its "
        "column that holds them.",
    ),
    th.Property(
        "include_personal_data",
        th.BooleanType,
        default=True,
        title="Personal data",
        description="Read names and e-mail addresses of users, contacts, consultants and bank "
        "accounts of customers.",
    ),
    *common_settings("tap-gotom", request_timeout=REQUEST_TIMEOUT),
)
CREDENTIALS_MISSING: Final = (
    "Set 'graph_user' and 'graph_secret' for reports, 'api_user' and 'api_secret' for everything "
    "else, or all four."
)
CONFIG_SCHEMA: Final = to_config_schema(SETTINGS)


def read_base_url(config: Mapping[str, Any]) -> str:
    """Return what ``/app-api`` follows, without a slash at its end.

    Raises:
        ConfigValidationError: The settings name no address, or one that must not be used.
    """
    if given := config.get("base_url"):
        url = validate_base_url(
            given, "'base_url'", "https://acme.gotom.io", allow_http=config["allow_http"]
        )
        return url.removesuffix(API_PATH)
    name = config.get("instance", "")
    if not SUBDOMAIN.fullmatch(name):
        raise config_error(
            "Set 'instance' to the part of the address before .gotom.io, such as acme for "
            f"https://acme.gotom.io, or set 'base_url'; {name!r} is no such part."
        )
    return f"https://{PREFIXES[config['environment']]}{name.lower()}.gotom.io"


def read_credentials(config: Mapping[str, Any]) -> dict[CredentialSet, Credentials]:
    """Return the credentials in the settings, none if there are none.

    Raises:
        ConfigValidationError: There is a half of some, or a user that no header can hold.
    """
    found = {}
    for item in CredentialSet:
        user, secret = config.get(item.user_setting), config.get(item.secret_setting)
        if bool(user) != bool(secret):
            raise config_error(
                f"{item.user_setting!r} and {item.secret_setting!r} belong together: set both or "
                "neither."
            )
        if not (user and secret):
            continue
        if not user.isprintable():
            raise config_error(
                f"{item.user_setting!r} holds a line break or another control character."
            )
        found[item] = Credentials(user, secret)
    return found
