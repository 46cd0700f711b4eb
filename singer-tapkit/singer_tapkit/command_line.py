"""What the command line of a tap does with files and errors: a sentence, and no traceback.

A file that is not as it should be raises a `ConfigValidationError`, which quotes nothing of it.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec
from singer_sdk.exceptions import (
    ConfigValidationError,
    MapExpressionError,
    StreamMapConfigError,
)

from singer_tapkit.config import config_error
from singer_tapkit.errors import ExtractionError
from singer_tapkit.failures import LASTING_STATUS, TRANSIENT_STATUS, RunFailedError
from singer_tapkit.run_state import make_partition_key

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator


STATE_FORM: Final = '{"bookmarks": {...}}, as the last STATE message has it in "value"'
CATALOG_FORM: Final = '{"streams": [...]}, as --discover writes it'

WRAPPINGS: Final = ("completed", "singer_state", "value")
"""Names under which Meltano and STATE messages hold a state."""

OUTPUT_ERRORS: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


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
    """Return the state in a file, which says one thing of each partition."""
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
    """Return the state in a file, without what Meltano or a STATE message wraps it in."""
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
    """Return the catalog in a file."""
    catalog = parse_object(file, "catalog")
    _check(file, "catalog", CATALOG_FORM, catalog, _Catalog)
    return catalog


def parse_object(file: IO[str], kind: str) -> dict[str, Any]:
    """Return the JSON object in a file, which messages call a ``state`` file or another kind."""
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


def read_config(name: str, logger: logging.Logger) -> dict[str, Any]:
    """Return the settings in a file, which may be a pipe."""
    try:
        with Path(name).open(encoding="utf-8") as file, report_errors(logger):
            return parse_object(file, "config")
    except OSError as error:
        raise RunFailedError(f"The config file {name}: {error.strerror}.", logger) from None


@contextmanager
def report_errors(logger: logging.Logger) -> Iterator[None]:
    """Let the command line log errors without a traceback, and end with a status that is not 0.

    Raises:
        RunFailedError: The error, as the command line reports it.
    """
    if sys.stdout is None:
        raise RunFailedError(
            "The standard output is closed, so that nothing can be written.", logger
        )
    try:
        yield
    except ConfigValidationError as error:
        raise RunFailedError("\n".join(error.errors), logger) from None
    except (MapExpressionError, StreamMapConfigError) as error:
        raise RunFailedError(
            f"{error} Check the setting 'stream_maps'; names such as fake need the tap's extra "
            "'faker'.",
            logger,
        ) from None
    except ExtractionError as error:
        status = TRANSIENT_STATUS if error.is_transient else LASTING_STATUS
        raise RunFailedError(str(error), logger, status) from None
    except OSError as error:
        if error.errno not in OUTPUT_ERRORS:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        raise RunFailedError(
            f"The standard output cannot be written: {error.strerror}. If a target reads it, its "
            "log says why it has ended.",
            logger,
        ) from None
