"""The files that a run is given: settings, state and catalog, read or refused in one sentence."""

from __future__ import annotations

from typing import IO, Any, Final

import msgspec

from singer_tapkit.config import config_error
from singer_tapkit.run_state import make_partition_key

STATE_FORM: Final = '{"bookmarks": {...}}, as the last STATE message has it in "value"'
CATALOG_FORM: Final = '{"streams": [...]}, as --discover writes it'

WRAPPINGS: Final = ("completed", "singer_state", "value")
"""Names under which Meltano and STATE messages hold a state."""


class _Partition(msgspec.Struct):
    context: dict[str, Any]


class _StreamState(msgspec.Struct):
    partitions: list[_Partition] = []


class _State(msgspec.Struct):
    bookmarks: dict[str, _StreamState] = {}


class _Metadata(msgspec.Struct):
    breadcrumb: list[str]
    metadata: dict[str, Any]


class _Schema(msgspec.Struct):
    type: str | list[str] = []
    properties: dict[str, _Schema] = {}
    items: _Schema | msgspec.UnsetType = msgspec.UNSET


class _CatalogEntry(msgspec.Struct):
    tap_stream_id: str
    stream: str | None = None
    schema: _Schema = msgspec.field(default_factory=_Schema)
    key_properties: list[str] | None = None
    metadata: list[_Metadata] = []


class _Catalog(msgspec.Struct):
    streams: list[_CatalogEntry]


def parse_state(file: IO[str]) -> dict[str, Any]:
    """Return the state in a file, which says one thing of each partition.

    Raises:
        ConfigValidationError: There is none.
    """
    state = read_state(file)
    for stream, stream_state in state["bookmarks"].items():
        partitions = stream_state.get("partitions", ())
        if len({make_partition_key(entry["context"]) for entry in partitions}) < len(partitions):
            raise config_error(
                f"The state file {file.name} has a partition of the stream {stream!r} twice. Give "
                "what 'python -m singer_tapkit merge-states' makes of it."
            )
    return state


def read_state(file: IO[str]) -> dict[str, Any]:
    """Return the state in a file, without what Meltano or a STATE message wraps it in.

    Raises:
        ConfigValidationError: There is none.
    """
    state = parse_object(file, "state")
    while "bookmarks" not in state and (name := _find_wrapping(state)):
        if state.get("partial"):
            raise config_error(
                f"The state file {file.name} holds a partial state of Meltano beside the complete "
                "one. Use what 'meltano state get' prints."
            )
        state = state[name]
    if state and "bookmarks" not in state:
        raise config_error(f"The state file {file.name} must hold {STATE_FORM}.")
    _check(file, "state", STATE_FORM, state, _State)
    return {"bookmarks": {}, **state}


def parse_catalog(file: IO[str]) -> dict[str, Any]:
    """Return the catalog in a file.

    Raises:
        ConfigValidationError: There is none.
    """
    catalog = parse_object(file, "catalog")
    _check(file, "catalog", CATALOG_FORM, catalog, _Catalog)
    return catalog


def parse_object(file: IO[str], kind: str) -> dict[str, Any]:
    """Return the JSON object in a file.

    Args:
        file: The file.
        kind: What messages call it, such as ``state``.

    Raises:
        ConfigValidationError: There is none. The message quotes nothing of the file.
    """
    try:
        return msgspec.json.decode(file.read().removeprefix("\ufeff"), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else error
        message = f"The {kind} file {file.name} must hold one JSON object: {reason}."
        raise config_error(message) from None


def _find_wrapping(state: dict[str, Any]) -> str | None:
    return next((name for name in WRAPPINGS if isinstance(state.get(name), dict)), None)


def _check(file: IO[str], kind: str, form: str, value: Any, shape: type[msgspec.Struct]) -> None:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        message = f"The {kind} file {file.name} must hold {form}: {error}."
        raise config_error(message) from None
