"""The settings, as ``--about``, Meltano and its hub show them."""

from __future__ import annotations

from singer_sdk import typing as th

from singer_tapkit.config import common_settings

BY_STREAM = th.CustomType(
    {
        "type": ["object", "null"],
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    }
)

SETTINGS = th.PropertiesList(
    th.Property(
        "api_key",
        th.StringType(min_length=1),
        secret=True,
        title="API key",
        description="Made in the developer section of the App-Manager, with the right to read "
        "what is wanted.",
    ),
    th.Property(
        "jwt",
        th.StringType(min_length=1),
        secret=True,
        title="JSON Web Token",
        description="In place of an API key: a token, which is valid for two hours.",
    ),
    th.Property(
        "api_url",
        th.StringType(min_length=1),
        default="https://my.app-arena.com/api/v2/",
        title="Address of the API",
        description="What apps follows in the address of the list of apps.",
    ),
    th.Property(
        "page_size",
        th.IntegerType(minimum=1),
        default=100,
        title="Rows per page",
        description="How many rows to ask for at once; the server may give fewer.",
    ),
    th.Property(
        "languages",
        th.ArrayType(th.StringType(pattern="^[a-z]{2,3}_[A-Z]{2}$")),
        title="Languages",
        description="The locales, such as de_DE, to read configs, infos and translations in; by "
        "default the one that each app, template or version is in.",
    ),
    th.Property(
        "company_ids",
        th.ArrayType(th.IntegerType(minimum=1)),
        title="Ids of companies",
        description="The companies to read users, channels, apps, templates, projects and "
        "customers of; by default all in customers. Your own may be missing there.",
    ),
    th.Property(
        "incremental_mode",
        th.StringType(allowed_values=["full", "new_ids"]),
        default="full",
        title="What to read of lists",
        description="full: everything. new_ids: only apps, templates, projects, customers and "
        "companies with higher ids than before, without changes and deletions.",
    ),
    th.Property(
        "filters",
        BY_STREAM,
        title="Filters",
        description="Filters in the API's own grammar, by stream: "
        '{"apps": ["filter.expiryDate[gt]=2026-11-25"]}.',
    ),
    th.Property(
        "relations",
        BY_STREAM,
        title="Relations",
        description="Related records to read within the records of a stream, by stream: "
        '{"apps": ["company", "languages"]}.',
    ),
    th.Property(
        "max_concurrency",
        th.IntegerType(minimum=1, maximum=64),
        default=8,
        title="Requests at once",
        description="How many requests may be under way for streams with a request per app, "
        "template, version or company.",
    ),
    th.Property(
        "include_personal_data",
        th.BooleanType,
        default=True,
        title="Personal data",
        description="Read names, e-mail addresses and the like of users, names and IP addresses "
        "of who made or changed something, and addresses of companies.",
    ),
    *common_settings("tap-apparena"),
)
