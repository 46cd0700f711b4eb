"""The CSV file of a hit export, which is read strictly."""

from __future__ import annotations

import csv
import gzip
import io
from typing import Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from tap_goatcounter import hits_csv
from tap_goatcounter.export_file import ExportFile
from tap_goatcounter.hits_csv import read_hits
from tests.tap_goatcounter.exports import HEADER, ROW, write_csv

EVENT, BOT, FIRST_VISIT, DATE = 2, 7, 12, 13


def read(content: str | bytes, expected: int | None = None) -> list[tuple[Any, ...]]:
    """Read a file, which is compressed if it is given as text."""
    body = content if isinstance(content, bytes) else gzip.compress(content.encode())
    return list(read_hits(ExportFile("export.csv.gz", io.BytesIO(body)), expected))


def fail_to_read(content: str | bytes, expected: int | None = None) -> str:
    with pytest.raises(InvalidResponseError) as failure:
        read(content, expected)
    message = str(failure.value)
    assert message.startswith("export.csv.gz")
    return message


def build_row(column: int, cell: str) -> str:
    cells = ["/a", "A", "0", "", "", "", "a1-b2", "0", "", "o", "0", "GB", "1", ""]
    cells[DATE] = "2026-11-01T21:58:03Z"
    cells[column] = cell
    return ",".join(cells)


def test_a_row_is_read_into_values_of_its_types() -> None:
    assert read(write_csv(ROW), 1) == [
        (
            *(1, "/a", "A", False, "", "Firefox 140", "Linux", "a1-b2", 0, "", "o", "1366,0,1"),
            *("GB", True, "2026-11-01T21:58:03Z"),
        )
    ]


def test_a_leap_year_has_its_day() -> None:
    assert len(read(write_csv(build_row(DATE, "2028-02-29T21:58:03Z")))) == 1


def test_rows_by_another_writer_are_read_alike() -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADER.split(","))
    cells = ["/a", 'A "b", c\r\nd', "false", "", " ", "", "1f-2", "7", "", "", "", "", "true"]
    writer.writerow([*cells, "2026-11-01T01:02:03.5Z"])
    ((number, path, title, event, _, browser, _, _, bot, *_, first, _),) = read(text.getvalue())
    assert (number, path, title) == (1, "/a", 'A "b", c\r\nd')
    assert (event, browser, bot, first) == (False, "", 7, True)


@pytest.mark.parametrize("content", ["", f"{HEADER}\n"])
def test_a_file_may_have_no_rows(content: str) -> None:
    assert read(content, 0) == []


def test_a_file_that_a_proxy_has_unpacked_is_read_as_it_is() -> None:
    assert len(read(write_csv(ROW, ROW).encode(), 2)) == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.rpartition(",")[0], "13 cells instead of 14"),
        (f"{ROW},", "15 cells instead of 14"),
        ("", "0 cells instead of 14"),
        (build_row(EVENT, "2"), "Event is '2'"),
        (build_row(EVENT, ""), "Event is ''"),
        (build_row(FIRST_VISIT, "yes"), "FirstVisit is 'yes'"),
        (build_row(BOT, ""), "Bot is ''"),
        (build_row(BOT, "1_0"), "Bot is '1_0'"),
        (build_row(BOT, "-1"), "Bot is '-1'"),
        (build_row(DATE, ""), "Date is ''"),
        (build_row(DATE, "2026-11-01 21:58:03"), "Date is '2026-11-01 21:58:03'"),
        (build_row(DATE, "2026-11-01T21:58:03+02:00"), "Date is '2026-11-01T21:58:03+02:00'"),
        (build_row(DATE, "2026-02-30T21:58:03Z"), "Date is '2026-02-30T21:58:03Z'"),
        (build_row(DATE, "2026-02-29T21:58:03Z"), "Date is '2026-02-29T21:58:03Z'"),
        (build_row(DATE, "2026-11-31T21:58:03Z"), "Date is '2026-11-31T21:58:03Z'"),
        (build_row(DATE, "2026-11-01T24:58:03Z"), "Date is '2026-11-01T24:58:03Z'"),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_named(row: str, words: str) -> None:
    message = fail_to_read(write_csv(ROW, row, ROW))
    assert f"row 2: {words}" in message
    assert "Run the tap again" in message


def test_an_error_quotes_nothing_about_visitors() -> None:
    row = "/secret,Title,2,,Firefox,,cafe-babe,0,ref.example,h,1,NL,1,2026-11-01T00:00:00Z"
    message = fail_to_read(write_csv(row))
    assert "Event is '2'" in message
    assert not any(word in message for word in ("secret", "Title", "cafe", "ref.example"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (write_csv(ROW, '/a,"A"A,0,,,,a1-b2,0,,o,0,GB,1,2026-11-01T21:58:03Z'), "row 2: "),
        (write_csv(ROW) + '/a,"never closed', "row 2: "),
        (gzip.compress(write_csv(ROW).encode() + b"/\xff\n"), "row "),
    ],
    ids=["quote within a cell", "quote never closed", "not UTF-8"],
)
def test_a_file_that_cannot_be_cut_into_rows_is_an_error(content: str | bytes, words: str) -> None:
    assert words in fail_to_read(content)


def test_a_stray_quote_does_not_take_the_file_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits_csv, "MAX_CELL", 1000)
    rows = [ROW.replace('"1366,0,1"', "0")] * 100
    assert "field larger than field limit" in fail_to_read(write_csv(ROW, '/a,"A', *rows))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER.replace("2Path", "3Path"), "version 3 of the format"),
        (HEADER.replace("2Path", "1Path"), "version 1 of the format"),
        (HEADER.replace("2Path", "Path"), "the columns should be"),
        (HEADER.replace("Title,Event", "Event,Title"), "the columns should be"),
        (f"{HEADER},Language", "the columns should be"),
        ("", "the columns should be"),
        (f"\ufeff{HEADER}", "the columns should be"),
    ],
)
def test_a_header_other_than_the_known_one_is_an_error(header: str, words: str) -> None:
    assert words in fail_to_read(f"{header}\n{ROW}\n")


@pytest.mark.parametrize(("expected", "there"), [(3, 2), (1, 2), (5, 0)])
def test_another_number_of_rows_than_the_server_has_counted_is_an_error(
    expected: int, there: int
) -> None:
    message = fail_to_read(write_csv(*[ROW] * there), expected)
    assert f"holds {there} rows, but the server counted {expected}" in message


@pytest.mark.parametrize("missing", [1, 8, 2000])
def test_a_file_that_ends_early_is_an_error(missing: int) -> None:
    rows = [ROW.replace("/a", f"/{number:x}") for number in range(5000)]
    assert "ends early" in fail_to_read(gzip.compress(write_csv(*rows).encode())[:-missing])
