"""The saved reports that the settings name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_gotom.column_types import ColumnType
from tap_gotom.settings_schema import invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PATHS = {
    "graph": "/app-api/graph-export/download",
    "custom": "/app-api/custom-report-export/download",
}
TAB = "\t"
UNFIT = frozenset("\r\n\0")


@dataclass(frozen=True)
class Report:
    """A saved report, and how its file is to be read.

    Attributes:
        name: What its stream is called.
        report_id: Its number in goTom.
        kind: ``graph`` or ``custom``.
        primary_keys: The columns that tell its rows apart, by either of their names.
        columns: The types of all columns by their names, None to find the columns out.
        delimiter: What stands between cells.
        encoding: The file's encoding.
        quotechar: What stands around cells, empty for nothing.
        replication_key: The column whose new values alone are wanted, by either of its names.
        lookback_days: How many days before the last one read are read again.
        skip_unchanged: Whether a file equal to the last one is left alone.
    """

    name: str
    report_id: int
    kind: str = "graph"
    primary_keys: tuple[str, ...] = ()
    columns: Mapping[str, ColumnType] | None = field(default=None, hash=False)
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    quotechar: str = '"'
    replication_key: str | None = None
    lookback_days: int = 0
    skip_unchanged: bool = False

    @property
    def path(self) -> str:
        """Where it is downloaded."""
        return f"{PATHS[self.kind]}/{self.report_id}"

    @override
    def __str__(self) -> str:
        """Name the report in logs and errors."""
        return f"{self.kind} report {self.report_id}"


def reports(config: Mapping[str, Any], other_streams: Iterable[str]) -> dict[str, Report]:
    """Read the reports from the settings, by name.

    Args:
        config: The settings, which fit their schema.
        other_streams: Names that are taken.

    Raises:
        ConfigValidationError: A report cannot be read in the way that is set.
    """
    found: dict[str, Report] = {}
    taken = {name.casefold() for name in other_streams}
    for entry in config.get("reports") or ():
        report = _report(entry)
        if report.name.casefold() in taken:
            raise invalid(f"The report's 'name' {report.name!r} is already taken: choose another.")
        taken.add(report.name.casefold())
        found[report.name] = report
    _check_source_of_ids(config, found)
    return found


def _report(entry: Mapping[str, Any]) -> Report:
    given = {name: value for name, value in entry.items() if value is not None}
    name = given["name"]
    given["primary_keys"] = tuple(given.get("primary_keys", ()))
    if "columns" in given:
        given["columns"] = _types(name, given["columns"])
    if given.get("delimiter") == r"\t":
        given["delimiter"] = TAB
    report = Report(**given)
    _check_dialect(report)
    return report


def _types(report: str, columns: Mapping[str, Any]) -> dict[str, ColumnType] | None:
    types: dict[str, ColumnType] = {}
    for column, setting in columns.items():
        try:
            types[column] = ColumnType.of_setting(setting)
        except ValueError as error:
            raise invalid(f"Report {report!r}, column {column!r}: {error}.") from None
    return types or None


def _check_dialect(report: Report) -> None:
    try:
        "".encode(report.encoding)
    except (LookupError, UnicodeError):
        raise invalid(
            f"Report {report.name!r}: 'encoding' {report.encoding!r} is unknown. Common ones are "
            "utf-8, windows-1252 and utf-16."
        ) from None
    if len(report.delimiter) != 1 or len(report.quotechar) > 1:
        raise invalid(
            f"Report {report.name!r}: 'delimiter' must be one character, 'quotechar' one or none."
        )
    if UNFIT & {report.delimiter, report.quotechar}:
        raise invalid(
            f"Report {report.name!r}: neither 'delimiter' nor 'quotechar' can be a line break."
        )
    if report.delimiter == report.quotechar:
        raise invalid(f"Report {report.name!r}: 'delimiter' and 'quotechar' are the same.")


def _check_source_of_ids(config: Mapping[str, Any], found: Mapping[str, Report]) -> None:
    source = config.get("campaign_external_ids_from")
    if source and source["report"] not in found:
        raise invalid(
            f"'campaign_external_ids_from' names the report {source['report']!r}, which is none of "
            f"'reports': {', '.join(found) or 'there are none'}."
        )
