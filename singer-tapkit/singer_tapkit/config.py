"""The settings: common ones, their JSON Schema, and checks of addresses and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TIMEOUT: Final = 86_400
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def common_settings(
    name: str, *, request_timeout: int = 60, max_retries: int = 6
) -> list[th.Property[Any]]:
    """Return the settings that every tap has.

    Args:
        name: The tap's name, for the default of `user_agent`.
        request_timeout: The default of that setting in seconds.
        max_retries: The default of that setting.
    """
    return [
        th.Property(
            "allow_http",
            th.BooleanType,
            default=False,
            title="Allow plain HTTP",
            description="Send keys and data unencrypted also beyond this machine.",
        ),
        th.Property(
            "user_agent",
            th.StringType(min_length=1, pattern="^[ -~]+$"),
            default=name,
            title="User agent",
            description="The User-Agent header.",
        ),
        th.Property(
            "request_timeout",
            th.IntegerType(minimum=1, maximum=MAX_TIMEOUT),
            default=request_timeout,
            title="Time-out of a request (seconds)",
            description="How long the server may stay silent.",
        ),
        th.Property(
            "max_retries",
            th.IntegerType(minimum=0),
            default=max_retries,
            title="Retries",
            description="Maximum number of retries after a transient error.",
        ),
        th.Property(
            "unknown_fields",
            th.StringType(allowed_values=["warn", "keep", "fail"]),
            default="warn",
            title="Unknown fields",
            description="What to do with fields that the server sends and the tap does not know: "
            "warn and leave them out, keep them in one object, or fail.",
        ),
    ]


def config_error(message: str) -> ConfigValidationError:
    """Return the error about a setting, for the caller to raise."""
    return ConfigValidationError(message, errors=[message])


def to_config_schema(settings: th.PropertiesList) -> dict[str, Any]:
    """Return the JSON Schema of settings, which may be left out but never be null.

    The SDK allows null for optional settings, and a null hides the default.
    """
    schema = settings.to_dict()
    for setting in schema["properties"].values():
        if isinstance(setting.get("type"), list):
            setting["type"] = [name for name in setting["type"] if name != "null"]
    return schema


def validate_base_url(url: str, setting: str, example: str, *, allow_http: bool) -> str:
    """Return a base URL without blanks around it and slashes at its end, its host in ASCII.

    Messages do not quote it, as it may be a key in the wrong place.

    Args:
        url: What the settings hold.
        setting: What messages call it, such as ``'base_url'``.
        example: What it should look like.
        allow_http: Whether requests may go unencrypted beyond this machine.

    Raises:
        ConfigValidationError: It is no URL, or must not be used.
    """
    parts = _split_url(url.strip())
    if parts is None:
        raise config_error(f"{setting} must be an address like {example}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise config_error(
            f"{setting} must hold neither user and password nor anything after ? or #."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS and not allow_http:
        raise config_error(
            f"{setting} would send keys and data unencrypted. Use https, or set 'allow_http' to "
            "true if the network in between is yours."
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def parse_date(value: str, setting: str) -> date:
    """Return the day that a setting names; a time behind it does not count.

    Raises:
        ConfigValidationError: It names none.
    """
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        message = f"{setting!r} must be a date like 2026-01-31, not {value!r}."
        raise config_error(message) from None


def validate_dates(config: Mapping[str, Any]) -> None:
    """Check the settings `start_date` and `end_date`, as far as they are set.

    Raises:
        ConfigValidationError: One is no date, or nothing would be read because of them.
    """
    start, end = (
        parse_date(config[name], name) if config.get(name) else None
        for name in ("start_date", "end_date")
    )
    if start and end and end < start:
        raise config_error(
            f"'end_date' is {end}, which is before 'start_date', {start}: nothing would be read."
        )
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)  # which has begun in some time zones
    if start and start > tomorrow:
        raise config_error(
            f"'start_date' is {start}, which is to come by the clock of this machine: nothing "
            "would be read."
        )


def _split_url(url: str) -> SplitResult | None:
    """Return the parts of a URL with its host in ASCII, None if it is no URL."""
    try:
        parts = urlsplit(url)
        is_complete = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        return None
    if not is_complete:
        return None
    netloc = parts.netloc.lower().replace(parts.hostname or "", host)
    return parts if parts.netloc.isascii() else parts._replace(netloc=netloc)
