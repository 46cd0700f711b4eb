"""The settings, as users see them in ``--about``, and what is read from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from singer_sdk import typing as th
from typing_extensions import override

from singer_tapkit.accounts import AccountList, account_settings
from singer_tapkit.config import common_settings, config_error, validate_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping

API_PATH: Final = "/api/v0"
HEADER_SAFE: Final = re.compile(r"[!-~]+")

SETTINGS: Final = th.PropertiesList(
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
                additional_properties=False,
            ),
        ),
        secret=True,
        title="Sites",
        description="More sites than one: a list of objects with `site_url` and `token`.",
    ),
    *account_settings("sites"),
    th.Property(
        "child_sites",
        th.BooleanType,
        default=False,
        title="Other sites of the account",
        description="Read the account's other sites too, through the same address: for servers "
        "that distinguish their sites by the host name alone.",
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
        description="Wait for up to an hour, instead of leaving page views to a later run, when "
        "the server has granted its hourly export already.",
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
    *common_settings("tap-goatcounter"),
    th.Property(
        "empty_key_text",
        th.StringType,
        default="",
        title="Text for empty keys",
        description="What stands in a primary key instead of an empty text, which the API gives "
        "for unknown browsers and missing referrers and some targets take for null: "
        "(unknown), for instance, as the API itself names countries.",
    ),
)


@dataclass(frozen=True)
class SiteCredentials:
    """Where a site is reached, and with which token.

    Attributes:
        url: The address without trailing slash, path prefix included, such as
            ``https://example.goatcounter.com``.
        token: The API token.
        host: Sent as the header ``Host`` when a site is reached through another one's address.
    """

    url: str
    token: str = field(repr=False)
    host: str | None = None

    @override
    def __str__(self) -> str:
        """Return what logs and errors call it."""
        return self.url if self.host is None else f"{self.url} (as {self.host})"


def parse_credentials(entry: Mapping[str, Any], config: Mapping[str, Any]) -> SiteCredentials:
    """Return the credentials of a site in the settings.

    Args:
        entry: The site.
        config: All settings.

    Raises:
        ConfigValidationError: They must not be used.
    """
    url = validate_base_url(
        entry.get("site_url", ""),
        "'site_url'",
        "https://example.com",
        allow_http=config["allow_http"],
    ).removesuffix(API_PATH)
    token = (entry.get("token") or "").strip()
    if not token:
        raise config_error(f"The site {url} has no 'token'.")
    if not HEADER_SAFE.fullmatch(token):
        raise config_error(
            f"The 'token' of the site {url} holds blanks or characters that no token has. Copy it "
            "again from GoatCounter, by itself."
        )
    return SiteCredentials(url, token)


SITES: Final = AccountList(
    "sites",
    secrets=("token",),
    parse=parse_credentials,
    required="Set 'site_url' and 'token', or 'sites' or 'sites_file' for more than one.",
    single=("site_url",),
    has_unique_names=False,
)
"""The sites that the settings name."""
