"""Files of an export that are not as they should be.

Each error names the file and the row, says what to do, and leaves the bookmark where it was.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.tap_goatcounter.exports import (
    HEADER,
    ROW,
    bookmark_of,
    csv_of,
    earlier_state,
    memory_of,
    serve_csv,
)
from tests.tap_goatcounter.places import view

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tap_goatcounter.command_line import Tap
    from tests.tap_goatcounter.places import Sandbox


def broken(column: int, cell: str) -> str:
    """The usual row with another cell."""
    cells = ["/a", "A", "0", "", "", "", "a1-b2", "0", "", "o", "0", "GB", "1", GOOD_DATE]
    cells[column] = cell
    return ",".join(cells)


GOOD_DATE = "2026-11-01T21:58:03Z"
EVENT, BOT, FIRST_VISIT, DATE = 2, 7, 12, 13


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.rpartition(",")[0], "13 cells instead of 14"),
        (f"{ROW},", "15 cells instead of 14"),
        ("", "0 cells instead of 14"),
        (broken(EVENT, "2"), "Event is '2'"),
        (broken(EVENT, ""), "Event is ''"),
        (broken(FIRST_VISIT, "yes"), "FirstVisit is 'yes'"),
        (broken(BOT, "many"), "Bot is 'many'"),
        (broken(BOT, ""), "Bot is ''"),
        (broken(BOT, "1_0"), "Bot is '1_0'"),
        (broken(BOT, "-1"), "Bot is '-1'"),
        (broken(BOT, "9" * 30), f"Bot is '{'9' * 30}'"),
        (broken(DATE, ""), "Date is ''"),
        (broken(DATE, "2026-11-01 21:58:03"), "Date is '2026-11-01 21:58:03'"),
        (broken(DATE, "2026-11-01T21:58:03+02:00"), "Date is '2026-11-01T21:58:03+02:00'"),
        (broken(DATE, "2026-13-01T21:58:03Z"), "Date is '2026-13-01T21:58:03Z'"),
        (broken(DATE, "2026-11-01T24:58:03Z"), "Date is '2026-11-01T24:58:03Z'"),
        (f'{ROW[:-1]}Z"x', "Date is"),
    ],
)
def test_a_row_that_is_not_as_it_should_be(newer: Sandbox, tap: Tap, row: str, words: str) -> None:
    serve_csv(newer, csv_of(ROW, row, ROW), rows=3)
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert "goatcounter-export-" in run.log
    assert f"row 2: {words}" in run.log
    assert "Run the tap again" in run.log
    assert bookmark_of(run) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (csv_of(ROW, '/a,"A"A,0,,,,a1-b2,0,,o,0,GB,1,2026-11-01T21:58:03Z'), "row 2: "),
        (csv_of(ROW) + '/a,"never closed', "row 2: "),
        (csv_of(ROW).encode() + b"/\xff" + csv_of(ROW).encode(), "row "),
    ],
    ids=["quote within a cell", "quote never closed", "not UTF-8"],
)
def test_a_file_that_cannot_be_cut_into_rows(
    newer: Sandbox, tap: Tap, content: str | bytes, words: str
) -> None:
    serve_csv(newer, content, rows=2)
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert words in run.log
    assert "The bookmark stays where it was" in run.log
    assert bookmark_of(run) == 0


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER.replace("2Path", "3Path"), "has version 3 of the format"),
        (HEADER.replace("2Path", "1Path"), "has version 1 of the format"),
        (HEADER.replace("2Path", "Path"), "the columns should be"),
        (HEADER.replace("Title,Event", "Event,Title"), "the columns should be"),
        (HEADER.replace(",Date", ""), "the columns should be"),
        (f"{HEADER},Language", "the columns should be"),
        ("", "the columns should be"),
        (f"\ufeff{HEADER}", "the columns should be"),
    ],
)
def test_a_header_that_is_not_the_one_known(
    newer: Sandbox, tap: Tap, header: str, words: str
) -> None:
    serve_csv(newer, f"{header}\n{ROW}\n", rows=1)
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert words in run.log
    assert run.records["hits"] == []
    assert bookmark_of(run) == 0


def test_a_new_version_of_the_format_calls_for_a_newer_tap(sandbox: Sandbox, tap: Tap) -> None:
    sandbox.add(view("/a"))
    sandbox.server.next_export.csv_version = 3
    run = tap.fail(sandbox.settings(), "hits", state=earlier_state(0))
    assert "Look for a newer tap" in run.log


@pytest.mark.parametrize(("counted", "there"), [(3, 2), (1, 2), (5, 0)])
def test_a_number_of_rows_other_than_the_server_has_counted(
    newer: Sandbox, tap: Tap, counted: int, there: int
) -> None:
    serve_csv(newer, csv_of(*[ROW] * there) if there else "", rows=counted)
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert f"holds {there} rows, but the server counted {counted}" in run.log
    assert bookmark_of(run) == 0
    assert memory_of(run)["id"] == 1


def test_a_file_that_ends_too_early_though_its_hash_is_right(
    newer: Sandbox, tap: Tap, tmp_path: Path
) -> None:
    rows = [ROW.replace("/a", f"/{number:x}") for number in range(5000)]
    file = tmp_path / "export.csv.gz"
    file.write_bytes(gzip.compress(csv_of(*rows).encode())[:-2000])
    newer.server.next_export.file = file
    newer.server.next_export.rows, newer.server.next_export.last_hit_id = 5000, 5000
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert "ends early or is damaged after row" in run.log
    assert 0 < len(run.records["hits"]) < 5000
    assert bookmark_of(run) == 0


def test_a_file_that_is_not_compressed(newer: Sandbox, tap: Tap, tmp_path: Path) -> None:
    file = tmp_path / "export.csv.gz"
    file.write_text(csv_of(ROW), encoding="utf-8")
    newer.server.next_export.file = file
    newer.server.next_export.rows, newer.server.next_export.last_hit_id = 1, 1
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    assert "damaged after row 0" in run.log
    assert bookmark_of(run) == 0


def test_an_error_quotes_nothing_that_tells_of_visitors(newer: Sandbox, tap: Tap) -> None:
    row = (
        "/secret-page,Title,2,,Firefox,Linux,cafe-babe,0,ref.example,h,1,NL,1,2026-11-01T00:00:00Z"
    )
    serve_csv(newer, csv_of(row), rows=1)
    run = tap.fail(newer.settings(), "hits")
    assert "Event is '2'" in run.log
    assert not any(word in run.log for word in ("secret-page", "cafe-babe", "ref.example"))


def test_a_broken_file_is_fetched_again_by_the_next_run_without_a_new_export(
    newer: Sandbox, tap: Tap
) -> None:
    serve_csv(newer, csv_of(ROW, "short"), rows=2)
    run = tap.fail(newer.settings(), "hits", state=earlier_state(0))
    second = tap.fail(newer.settings(), "hits", state=run.output.state)
    assert "row 2: 1 cells instead of 14" in second.log
    assert len(newer.server.exports) == 1
