"""The state and the catalog that a run is given: read, or refused in one sentence."""

from __future__ import annotations

from typing import IO, Any, Final

import msgspec

from singer_tapkit.config import config_error

STATE_FORM: Final = '{"bookmarks": {...}}, as the last STATE message has it in "value"'


class _Bookmarks(msgspec.Struct):
    bookmarks: dict[str, dict[str, Any]] = {}


def parse_state(file: IO[str]) -> dict[str, Any]:
    """Return the state in a file.

    A STATE message and the wrapping that Meltano stores are taken off.

    Raises:
        ConfigValidationError: There is none.
    """
    state = _parse_object(file, "state")
    for name in ("singer_state", "value"):
        if "bookmarks" not in state and isinstance(state.get(name), dict):
            state = state[name]
    if state and "bookmarks" not in state:
        raise config_error(f"The state file {file.name} must hold {STATE_FORM}.")
    try:
        bookmarks = msgspec.convert(state, _Bookmarks).bookmarks
    except msgspec.ValidationError as error:
        message = f"The state file {file.name} must hold {STATE_FORM}: {error}."
        raise config_error(message) from None
    return {**state, "bookmarks": bookmarks}


def parse_catalog(file: IO[str]) -> dict[str, Any]:
    """Return the catalog in a file.

    Raises:
        ConfigValidationError: There is none.
    """
    catalog = _parse_object(file, "catalog")
    if not isinstance(catalog.get("streams"), list):
        raise config_error(
            f'The catalog file {file.name} must hold {{"streams": [...]}}, as --discover writes it.'
        )
    return catalog


def _parse_object(file: IO[str], kind: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(file.read(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"The {kind} file {file.name} must hold one JSON object: {error}."
        raise config_error(message) from None
