"""The settings, as users see them in ``--about``, in Meltano and on its hub."""

from __future__ import annotations

from singer_sdk import typing as th

from tap_gotom.column_types import KINDS

COLUMN_TYPE = {
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

REPORT = th.ObjectType(
    th.Property(
        "name",
        th.StringType(min_length=1),
        required=True,
        description="What the report's stream is called.",
    ),
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
        th.ArrayType(th.StringType(min_length=1)),
        description="The columns that tell its rows apart; without them, all rows are replaced.",
    ),
    th.Property(
        "columns",
        th.CustomType({"type": ["object", "null"], "additionalProperties": COLUMN_TYPE}),
        description="All columns with their types; without them, columns are found out and text.",
    ),
    th.Property("delimiter", th.StringType(min_length=1), default=",", description="A comma, …"),
    th.Property(
        "encoding", th.StringType(min_length=1), default="utf-8-sig", description="The encoding."
    ),
    th.Property("quotechar", th.StringType, default='"', description="What cells stand between."),
    th.Property(
        "replication_key",
        th.StringType(min_length=1),
        description="A column of which only new values are loaded.",
    ),
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

SETTINGS = th.PropertiesList(
    th.Property(
        "instance",
        th.StringType(min_length=1),
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
        th.StringType(min_length=1),
        title="Base address",
        description="The whole address, in place of instance and environment.",
    ),
    th.Property(
        "graph_user",
        th.StringType(min_length=1),
        title="User for reports",
        description="The API user that may download graph reports and custom reports.",
    ),
    th.Property(
        "graph_secret",
        th.StringType(min_length=1),
        secret=True,
        title="Secret for reports",
        description="The secret of that user.",
    ),
    th.Property(
        "api_user",
        th.StringType(min_length=1),
        title="User for everything else",
        description="The API user that may read lookups, prices, customers and campaigns.",
    ),
    th.Property(
        "api_secret",
        th.StringType(min_length=1),
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
        th.ArrayType(th.StringType(min_length=1)),
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
    th.Property(
        "allow_http",
        th.BooleanType,
        default=False,
        title="Allow plain HTTP",
        description="Send keys and data unencrypted also beyond this machine.",
    ),
    th.Property(
        "user_agent",
        th.StringType(min_length=1),
        default="tap-gotom",
        title="User agent",
        description="What requests say about who sends them.",
    ),
    th.Property(
        "request_timeout",
        th.IntegerType(minimum=1),
        default=900,
        title="Time-out of a request (seconds)",
        description="How long the server may stay silent, for instance while it builds a report.",
    ),
    th.Property(
        "max_retries",
        th.IntegerType(minimum=0),
        default=6,
        title="Retries",
        description="How often a request is repeated after a passing failure.",
    ),
    th.Property(
        "unknown_fields",
        th.StringType(allowed_values=["warn", "keep", "fail"]),
        default="warn",
        title="Unknown fields",
        description="What to do with fields and columns that are not in the schema: warn and "
        "leave them out, keep them in one object, or fail.",
    ),
)
