"""The reports that the settings name."""

from __future__ import annotations

from typing import Any

import pytest
from singer_sdk.exceptions import ConfigValidationError

from tap_gotom.column_types import ColumnType
from tap_gotom.reports import read_reports
from tests.tap_gotom.servers import define_report


def read(*reports: dict[str, Any], **more: Any) -> Any:
    return read_reports({"reports": list(reports), **more}, ["users", "tarif_prices"])


def test_a_report_is_read_with_its_defaults() -> None:
    found = read(define_report(columns={"Tag": "date"}, delimiter="\\t", primary_keys=None))[
        "sales"
    ]
    assert (found.path, str(found)) == ("/app-api/graph-export/download/46", "graph report 46")
    assert (found.delimiter, found.quotechar, found.primary_keys) == ("\t", '"', ())
    assert found.columns == {"Tag": ColumnType("date")}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("users", "x"),
        ("sales", "Sales"),
        ("sales", "sales!"),
        ("revenue-daily", "clicks-daily"),
        ("x-users", "y"),
        ("TarifPrices", "y"),
        ("2026 sales", "sales"),
        ("Umsatz é", "Umsatz è"),
    ],
)
def test_names_that_loaders_make_equal_are_refused(first: str, second: str) -> None:
    with pytest.raises(ConfigValidationError, match="already taken"):
        read(define_report(first), define_report(second, 47))


def test_a_name_that_databases_cut_is_refused() -> None:
    with pytest.raises(ConfigValidationError, match="choose a shorter one"):
        read(define_report("a" * 64))
    assert read(define_report("a" * 63))


def test_names_that_differ_for_loaders_are_taken() -> None:
    names = ["sales", "sales_2", "revenue-daily", "clicks-weekly", "Kunden", "日本"]
    assert list(read(*(define_report(name) for name in names))) == names


@pytest.mark.parametrize("name", ["a/b", "a\\b", "../x", ".hidden", "a:b", "a\nb", " ", "a "])
def test_names_that_files_cannot_have_are_refused(name: str) -> None:
    with pytest.raises(ConfigValidationError, match="file names cannot have"):
        read(define_report(name))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"encoding": "utf-9"}, "utf-9"),
        ({"encoding": "rot13"}, "rot13"),
        ({"encoding": "idna"}, "idna"),
        ({"delimiter": "::"}, "one character"),
        ({"delimiter": "\n"}, "a line break"),
        ({"quotechar": "\0"}, "a line break"),
        ({"quotechar": ","}, "the same"),
        ({"columns": {"A": {"type": "number", "format": "0,0"}}}, "column 'A'"),
    ],
)
def test_reports_that_cannot_be_read_are_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigValidationError, match=words):
        read(define_report(**more))


def test_campaigns_come_from_a_report_that_exists() -> None:
    with pytest.raises(ConfigValidationError, match="names the report 'x'"):
        read(define_report(), campaign_external_ids_from={"report": "x", "column": "y"})
