"""The saved reports that the settings name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from singer_tapkit.config import config_error
from singer_tapkit.errors import ExtractionError, RequestError
from tap_gotom.column_types import ColumnType
from tap_gotom.config import REPORT_PATHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_TABLE_NAME: Final = 63
TAB: Final = "\t"
LINE_BREAKS: Final = frozenset("\r\n\0")
PATH_CHARACTERS = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]|^\.|^\s|\s$')
"""What a name must not have that loaders also use for files."""


class ReportError(ExtractionError):
    """A report cannot be read in the way that is set; the other streams can."""


class IncompleteReportError(ReportError, RequestError):
    """A report lacks its end; another download may bring it."""

    is_transient = True

    is_retriable = True


@dataclass(frozen=True)
class Report:
    """A saved report, and how its file is to be read, as `config.REPORT` describes it.

    Columns are named as in the report or as in the stream.
    """

    name: str
    report_id: int
    kind: str = "graph"
    primary_keys: tuple[str, ...] = ()
    columns: Mapping[str, ColumnType] | None = None
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    quotechar: str = '"'
    replication_key: str | None = None
    lookback_days: int = 0
    skip_unchanged: bool = False

    @property
    def path(self) -> str:
        """Where it is downloaded."""
        return f"{REPORT_PATHS[self.kind]}/{self.report_id}"

    @property
    def is_wide(self) -> bool:
        """Whether each character takes several bytes, so that letters of ASCII have a zero."""
        return b"\0" in "a".encode(self.encoding)

    @override
    def __str__(self) -> str:
        """Name the report in logs and errors."""
        return f"{self.kind} report {self.report_id}"


def read_reports(config: Mapping[str, Any], other_streams: Iterable[str]) -> dict[str, Report]:
    """Return the reports in the settings, by name, none of which is another stream's.

    Raises:
        ConfigValidationError: A report cannot be read in the way that is set.
    """
    found: dict[str, Report] = {}
    taken = {key: name for name in other_streams for key in _to_table_names(name)}
    for entry in config.get("reports") or ():
        name = entry["name"]
        found[name] = _read_report(entry)
        _check_name(name, taken)
        taken.update(dict.fromkeys(_to_table_names(name), name))
    _check_id_source(config, found)
    return found


def _check_name(name: str, taken: Mapping[str, str]) -> None:
    if len(name) > MAX_TABLE_NAME:
        raise config_error(
            f"The report's 'name' {name!r} has more than {MAX_TABLE_NAME} characters, behind which "
            "databases cut the names of tables: choose a shorter one."
        )
    if PATH_CHARACTERS.search(name):
        raise config_error(
            f"The report's 'name' {name!r} has a character that file names cannot have: choose "
            "letters, digits and _."
        )
    if other := next((taken[key] for key in _to_table_names(name) if key in taken), None):
        raise config_error(
            f"The report's 'name' {name!r} is already taken, as loaders make the same table of it "
            f"as of {other!r}: choose another."
        )


def _to_table_names(name: str) -> set[str]:
    """Return what loaders may make of a name, in one spelling.

    Those made with the Singer SDK take what stands before the last hyphen for a schema, remove all
    but letters and digits of ASCII, and begin with a letter.
    """
    return {_to_table_name(name), _to_table_name(name.rpartition("-")[2])}


def _to_table_name(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.lower()).lstrip("0123456789")
    return plain or name.casefold()


def _read_report(entry: Mapping[str, Any]) -> Report:
    given = {name: value for name, value in entry.items() if value is not None}
    name = given["name"]
    given["primary_keys"] = tuple(given.get("primary_keys", ()))
    given["columns"] = _read_columns(name, given.get("columns", {})) or None
    if given.get("delimiter") == r"\t":
        given["delimiter"] = TAB
    report = Report(**given)
    if problem := _find_problem(report):
        raise config_error(f"Report {name!r}: {problem}")
    return report


def _read_columns(report: str, columns: Mapping[str, Any]) -> dict[str, ColumnType]:
    types: dict[str, ColumnType] = {}
    for column, setting in columns.items():
        try:
            types[column] = ColumnType.from_setting(setting)
        except ValueError as error:
            message = f"Report {report!r}, column {column!r}: {error}."
            raise config_error(message) from None
    return types


def _find_problem(report: Report) -> str | None:
    """Return why no file can be written as the settings say, None if one can."""
    try:
        "\ufffd".encode(report.encoding, "replace")
    except (LookupError, UnicodeError):  # what Python raises for an unknown encoding
        return (
            f"'encoding' {report.encoding!r} is unknown. Common ones are utf-8, windows-1252 and "
            "utf-16."
        )
    if len(report.delimiter) != 1 or len(report.quotechar) > 1:
        return "'delimiter' must be one character, 'quotechar' one or none."
    if LINE_BREAKS & {report.delimiter, report.quotechar}:
        return "neither 'delimiter' nor 'quotechar' can be a line break."
    if report.delimiter == report.quotechar:
        return "'delimiter' and 'quotechar' are the same."
    return None


def _check_id_source(config: Mapping[str, Any], found: Mapping[str, Report]) -> None:
    source = config.get("campaign_external_ids_from")
    if source and source["report"] not in found:
        raise config_error(
            f"'campaign_external_ids_from' names the report {source['report']!r}, which is none of "
            f"'reports': {', '.join(found) or 'there are none'}."
        )
