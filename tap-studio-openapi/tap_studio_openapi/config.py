"""The settings, as users see them in ``--about``, in Meltano and on its hub."""

from __future__ import annotations

from singer_sdk import typing as th

from singer_tapkit.accounts import account_settings
from singer_tapkit.config import common_settings

NAME = "tap-studio-openapi"
CUSTOMER_STATUSES = ["PROSPECT", "MEMBER", "FORMER_MEMBER"]
"""In life-cycle order: a customer whose status changes during a run is read twice, not missed."""

SETTINGS = th.PropertiesList(
    th.Property(
        "base_url",
        th.StringType(min_length=1),
        title="Base address",
        description="Where the API is, as it came with the key: "
        "https://example.open-api.magicline.com.",
    ),
    th.Property(
        "api_key",
        th.StringType(min_length=1),
        secret=True,
        title="API key",
        description="The key of the studio, which came when its owner activated the integration.",
    ),
    th.Property(
        "connections",
        th.ArrayType(
            th.ObjectType(
                th.Property("name", th.StringType(min_length=1), required=True),
                th.Property("base_url", th.StringType(min_length=1), required=True),
                th.Property("api_key", th.StringType(min_length=1), required=True, secret=True),
                additional_properties=False,
            ),
        ),
        secret=True,
        title="Connections",
        description="More studios than one: a list of objects with `name`, which is yours to "
        "choose, `base_url` and `api_key`.",
    ),
    *account_settings("connections"),
    th.Property(
        "customer_statuses",
        th.ArrayType(th.StringType(allowed_values=CUSTOMER_STATUSES)),
        default=CUSTOMER_STATUSES,
        title="Statuses of customers",
        description="Which customers to read, and to ask for contracts and the like: a list of "
        "MEMBER, PROSPECT and FORMER_MEMBER. Servers that do not know the last one are not asked "
        "again.",
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description="The first day of the check-ins, not before 2000; by default a year ago. "
        "Everything else is always read whole.",
    ),
    th.Property(
        "checkin_lookback_days",
        th.IntegerType(minimum=0, maximum=36_500),
        default=7,
        title="Look-back of the check-ins (days)",
        description="How many days before the last run are read again, because check-outs follow "
        "later.",
    ),
    th.Property(
        "class_slot_days",
        th.IntegerType(minimum=0, maximum=366),
        default=14,
        title="Days of slots",
        description="How many days ahead slots of classes and appointments are read.",
    ),
    th.Property(
        "debt_collection_run_ids",
        th.ArrayType(th.IntegerType),
        title="Debt collection runs",
        description="The ids of debt collection runs, which the API sends by webhook alone.",
    ),
    th.Property(
        "include_personal_data",
        th.BooleanType,
        default=True,
        title="Personal data",
        description="Read names, addresses, bank details and all else about persons. "
        "Streams of nothing else do not exist without it.",
    ),
    th.Property(
        "include_expiring_urls",
        th.BooleanType,
        default=False,
        title="Expiring addresses",
        description="Read the links to images and documents, which are others in each run and "
        "end after 15 minutes to 5 hours.",
    ),
    th.Property(
        "accept_language",
        th.StringType(pattern="^[!-~]+( +[!-~]+)*$(?!\n)"),
        default="en",
        title="Language",
        description="The language of the server's messages, such as en, de or fr.",
    ),
    th.Property(
        "requests_per_minute",
        th.IntegerType(minimum=1),
        default=900,
        title="Requests per minute",
        description="How many requests each key sends to each endpoint; the API's limit is 1000, "
        "which other programs may share.",
    ),
    th.Property(
        "keys_share_limit",
        th.BooleanType,
        default=False,
        title="Keys share the limit",
        description="Set it if the server counts the requests of all keys of an address together, "
        "as the log says then: `requests_per_minute` holds for them all, divided by the number of "
        "slices.",
    ),
    th.Property(
        "max_concurrency",
        th.IntegerType(minimum=1, maximum=200),
        default=20,
        title="Requests at once",
        description="How many requests may be in flight; 1 sends one after the other.",
    ),
    *common_settings(NAME, max_retries=8),
)
