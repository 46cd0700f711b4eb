"""The settings, as users see them in ``--about``, in Meltano and on its hub."""

from __future__ import annotations

from singer_sdk import typing as th

SETTINGS = th.PropertiesList(
    th.Property(
        "site_url",
        th.StringType(min_length=1),
        title="Site address",
        description="Where GoatCounter opens in a browser, such as "
        "https://example.goatcounter.com; with its path prefix, if it has one.",
    ),
    th.Property(
        "token",
        th.StringType(min_length=1),
        secret=True,
        title="API token",
        description="Made in GoatCounter under user name → API, with the permissions to read "
        "sites, to read statistics and to export.",
    ),
    th.Property(
        "sites",
        th.ArrayType(
            th.ObjectType(
                th.Property("site_url", th.StringType, required=True),
                th.Property("token", th.StringType, required=True, secret=True),
            ),
        ),
        secret=True,
        title="Sites",
        description="More sites than one: a list of objects with `site_url` and `token`.",
    ),
    th.Property(
        "child_sites",
        th.BooleanType,
        default=False,
        title="Other sites of the account",
        description="Read the account's other sites too, through the same address: for servers "
        "that tell their sites apart by the host name alone.",
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description="The first day of the statistics; by default the site's first day. Page "
        "views always begin with the first one stored.",
    ),
    th.Property(
        "end_date",
        th.DateTimeType,
        title="End date",
        description="The last day of the statistics; never later than yesterday, the last day "
        "that is over.",
    ),
    th.Property(
        "stats_lookback_days",
        th.IntegerType(minimum=0),
        default=3,
        title="Look-back of the statistics (days)",
        description="How many days before the last one read are read again, because "
        "statistics can change afterwards.",
    ),
    th.Property(
        "window_days",
        th.IntegerType(minimum=1),
        default=31,
        title="Window of the statistics (days)",
        description="How many days total_daily and path_daily ask for at once; fewer are tried "
        "by themselves when the server finds them too many.",
    ),
    th.Property(
        "export_format_parameter",
        th.StringType(allowed_values=["auto", "send", "omit"]),
        default="auto",
        title="Field `format` in export requests",
        description="Servers up to 2.7 refuse it and newer ones require it: auto finds out.",
    ),
    th.Property(
        "export_timeout_seconds",
        th.IntegerType(minimum=1),
        default=1800,
        title="Longest wait for an export (seconds)",
        description="How long the server may take to make an export.",
    ),
    th.Property(
        "wait_for_export_limit",
        th.BooleanType,
        default=False,
        title="Wait for the next export",
        description="Wait for up to an hour, instead of failing, when the server has granted "
        "its hourly export already.",
    ),
    th.Property(
        "requests_per_second",
        th.IntegerType(minimum=1),
        default=4,
        title="Requests per second",
        description="The server's limit, 4 unless its owner changed it.",
    ),
    th.Property(
        "requests_per_hour",
        th.IntegerType(minimum=0),
        title="Requests per hour",
        description="The server's limit, 0 for none; by default 500 for servers after 2.7 and "
        "none for older ones.",
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
        default="tap-goatcounter",
        title="User agent",
        description="What requests say about who sends them.",
    ),
    th.Property(
        "request_timeout",
        th.IntegerType(minimum=1),
        default=60,
        title="Time-out of a request (seconds)",
        description="How long a server may stay silent.",
    ),
    th.Property(
        "max_retries",
        th.IntegerType(minimum=0),
        default=6,
        title="Retries",
        description="How often a request is repeated after a passing failure.",
    ),
    th.Property(
        "empty_key_text",
        th.StringType,
        default="",
        title="Text for empty keys",
        description="What stands in a primary key instead of an empty text, which the API gives "
        "for unknown browsers and missing referrers and some targets take for null: "
        "(unknown), for instance, as the API itself says for countries.",
    ),
    th.Property(
        "unknown_fields",
        th.StringType(allowed_values=["warn", "keep", "fail"]),
        default="warn",
        title="Unknown fields",
        description="What to do with fields that the server sends and the tap does not know: "
        "warn and leave them out, keep them in one object, or fail.",
    ),
)
