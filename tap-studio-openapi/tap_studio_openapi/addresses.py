"""Addresses in the settings: what proves who asks goes only to where it is safe."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from tap_studio_openapi.settings_schema import invalid

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def checked(given: str, setting: str, example: str, *, allow_http: bool) -> str:
    """Check an address, and give it without blanks around it and slashes at its end.

    Messages do not quote it, as it may be a key in the wrong place.

    Args:
        given: What the settings hold.
        setting: What messages call it, such as ``'base_url'``.
        example: What it should look like.
        allow_http: Whether requests may go unencrypted beyond this machine.

    Raises:
        ConfigValidationError: It is no address, or must not be used.
    """
    parts = _split(given.strip())
    if parts is None:
        raise invalid(f"{setting} must be an address like {example}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise invalid(f"{setting} must hold neither user and password nor anything after ? or #.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_http:
        raise invalid(
            f"{setting} would send keys and data unencrypted. Use https, or set 'allow_http' to "
            "true if the network in between is yours."
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def _split(url: str) -> SplitResult | None:
    """Take an address apart; None where it is none."""
    try:
        parts = urlsplit(url)
        complete = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if complete else None
