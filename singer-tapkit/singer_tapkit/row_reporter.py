"""What is wrong with the rows of a stream: errors and warnings that quote no value."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal

from singer_tapkit.errors import InvalidResponseError, UnknownFieldsError

if TYPE_CHECKING:
    import logging

UnknownFieldPolicy = Literal["warn", "keep", "fail"]

MAX_REPORTED_FIELDS: Final = 100
"""Maximum number of unknown fields that one stream reports."""

JSON_TYPES: dict[type, str] = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
}


class RowReporter:
    """Reports what is wrong with the rows of a stream, and quotes no value."""

    def __init__(
        self,
        stream_name: str,
        policy: UnknownFieldPolicy,
        logger: logging.Logger | logging.LoggerAdapter[Any],
        *,
        reports_local_times: bool = True,
    ) -> None:
        """Begin with nothing reported; a policy says what becomes of unknown fields."""
        self.policy = policy
        self._reports_local_times = reports_local_times
        self._stream_name = stream_name
        self._logger = logger
        self._unknown: set[str] = set()
        self._invalid: set[str] = set()
        self._local_times: set[str] = set()
        self._lock = Lock()

    def type_error(self, path: str, value: object, wanted: str) -> InvalidResponseError:
        """Return the error about a value that cannot be converted."""
        found = JSON_TYPES.get(type(value), type(value).__name__)
        return InvalidResponseError(
            f"The server sends the field {path!r} of the stream {self._stream_name!r} as {found}, "
            f"and {wanted} is expected."
        )

    def null_error(self, path: str) -> InvalidResponseError:
        """Return the error about a value that is missing."""
        return InvalidResponseError(
            f"The server sends no valid value in the field {path!r} of the stream "
            f"{self._stream_name!r}, which must not be null."
        )

    def report_invalid(self, path: str, wanted: str) -> None:
        """Report that a field has values that are replaced by null, once."""
        if self._is_new(path, self._invalid):
            self._logger.warning(
                "The field %r of the stream %r holds a value that is no valid %s. Such values "
                "are written as null.",
                path,
                self._stream_name,
                wanted,
            )

    def report_local_time(self, path: str) -> None:
        """Report that a field has date-times without an offset, once, where this is wanted."""
        if self._reports_local_times and self._is_new(path, self._local_times):
            self._logger.warning(
                "The field %r of the stream %r holds a date-time without an offset. Such values "
                "are taken for UTC.",
                path,
                self._stream_name,
            )

    def report_unknown(self, paths: list[str], *, is_kept: bool) -> None:
        """Report unknown fields, each once; raise an error if the policy is ``fail``."""
        if self.policy == "fail":
            raise UnknownFieldsError(
                f"The server sends unknown fields in the stream {self._stream_name!r}: "
                f"{', '.join(paths)}. Run discovery again, use a newer version of the tap, or set "
                "'unknown_fields' to 'keep' or 'warn'."
            )
        with self._lock:
            new = [path for path in paths if path not in self._unknown]
            new = new[: MAX_REPORTED_FIELDS - len(self._unknown)]
            self._unknown.update(new)
        if new:
            self._logger.warning(
                "Unknown fields of the stream %r are %s: %s.",
                self._stream_name,
                "kept" if is_kept else "left out",
                ", ".join(new),
            )

    def _is_new(self, path: str, reported: set[str]) -> bool:
        with self._lock:
            is_new = path not in reported
            reported.add(path)
        return is_new
