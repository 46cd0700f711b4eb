"""The CSV files of reports, in each way that they can be written."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tap_gotom.report_csv import ReportReader
from tap_gotom.reports import IncompleteReportError, Report, ReportError
from tests.sandbox.gotom.awkward_rows import HEADER, ROWS, UNICODE_ROWS
from tests.sandbox.gotom.csv_content import encode_csv

SPARE_QUOTES = {"quoting": csv.QUOTE_MINIMAL, "lineterminator": "\r\n"}


def read_rows(content: bytes, **more: Any) -> list[tuple[str, ...]]:
    reader = ReportReader(Report("sales", 46, **more), io.BytesIO(content))
    return [tuple(row) for row in reader.read_rows()]


def read_header(content: bytes, **more: Any) -> list[str]:
    reader = ReportReader(Report("sales", 46, **more), io.BytesIO(content))
    reader.require_delimiter()
    return reader.header


@pytest.mark.parametrize(
    ("written", "more"),
    [
        ({}, {}),
        ({"encoding": "utf-8-sig"}, {}),
        ({"encoding": "utf-8-sig"}, {"encoding": "utf-8"}),
        ({"delimiter": ";", "lineterminator": "\r\n"}, {"delimiter": ";"}),
        ({**SPARE_QUOTES, "delimiter": "\t"}, {"delimiter": "\t"}),
        ({**SPARE_QUOTES, "quotechar": "'"}, {"quotechar": "'"}),
        ({"encoding": "utf-16-le"}, {"encoding": "utf-16-le"}),
    ],
    ids=str,
)
def test_cells_come_out_as_they_are(written: dict[str, Any], more: dict[str, Any]) -> None:
    rows = [*ROWS, *UNICODE_ROWS]
    content = encode_csv([HEADER, *rows], **written)
    assert read_rows(content, **more) == rows
    assert read_header(content, **more) == list(HEADER)


def test_characters_that_databases_cannot_hold_are_replaced_in_wide_encodings() -> None:
    assert read_rows("A,B\n1,\x00x\n".encode("utf-16"), encoding="utf-16") == [("1", "\ufffdx")]


def test_windows_1252_is_read_when_the_settings_say_so() -> None:
    content = encode_csv([HEADER, *ROWS], "cp1252")
    assert read_rows(content, encoding="cp1252") == list(ROWS)


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("length", [(1 << 13) - 20, (1 << 17) - 20])
def test_line_breaks_in_cells_are_kept_where_buffers_end(line_end: str, length: int) -> None:
    rows = [("x" * (length + shift), f"a{line_end}b\x00c", "é") for shift in range(0, 20, 3)]
    assert read_rows(encode_csv([("A", "B", "C"), *rows], lineterminator=line_end)) == rows


@pytest.mark.parametrize("content", [b"", b"\n", b'"A","B"\n'])
def test_a_file_without_rows_has_none(content: bytes) -> None:
    assert read_rows(content) == []


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b'"A","B"\n"1","x"\n"2","y', "utf-8"),
        (b'"A","B"\n"1","x"\n"2",', "utf-8"),
        (b'"A","B"\n"1","x"\n"2"', "utf-8"),
        (b'"A","B"\n"1","x"\n"2","Z\xc3', "utf-8"),
        ('"A"\n"1"\n'.encode("utf-16")[:-1], "utf-16"),
        ('"A"\n"日'.encode("shift_jis")[:-1], "shift_jis"),
    ],
)
def test_a_file_that_is_cut_off_is_incomplete(content: bytes, encoding: str) -> None:
    with pytest.raises(IncompleteReportError, match="cut off"):
        read_rows(content, encoding=encoding)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'"A","B"\n"1","x"\n"Total"\n', "row 2: 1 cells instead of 2.*a line of totals"),
        (b'"A","B"\n"2","y","?"\n', "row 1: 3 cells instead of 2"),
        (b'"A","B"\n"2"3,"y"\n', "row 1: .*'quotechar'"),
        ("A\nZürich\n".encode("cp1252"), "Set 'encoding'"),
    ],
)
def test_a_file_that_is_written_otherwise_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ReportError, match=words) as raised:
        read_rows(content)
    assert not isinstance(raised.value, IncompleteReportError)


def test_an_empty_cell_without_quotes_may_be_the_last() -> None:
    assert read_rows(b"A,B\n1,") == [("1", "")]


def test_a_line_for_spreadsheets_is_no_header() -> None:
    content = b'sep=;\r\n"A";"B"\r\n"1";"2"\r\n'
    assert read_header(content, delimiter=";") == ["A", "B"]
    assert read_rows(content, delimiter=";") == [("1", "2")]


def test_a_line_for_spreadsheets_can_name_another_delimiter() -> None:
    with pytest.raises(ReportError, match="separated by ';'"):
        read_header(b"sep=;\nA;B\n1;2\n")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_header_in_one_cell_shows_another_delimiter(delimiter: str) -> None:
    with pytest.raises(ReportError, match="set 'delimiter'"):
        read_header(f"A{delimiter}B\n1{delimiter}2\n".encode())
