"""Read the CSV file of a hit export, row by row, strictly.

Source: GoatCounter's help page on exports. Version 2 of the format has stood since v2.0; its number
is glued to the first column's name.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

from tap_goatcounter.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    "2Path",
    "Title",
    "Event",
    "UserAgent",
    "Browser",
    "System",
    "Session",
    "Bot",
    "Referrer",
    "Referrer scheme",
    "Screen size",
    "Location",
    "FirstVisit",
    "Date",
)
VERSION = "2"
VERSION_OF = re.compile(r"(\d+)Path")
DATE = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z",
    re.ASCII,
)
BOOLEANS = {"0": False, "1": True, "false": False, "true": True}
BOTS = {str(code): code for code in range(256)}
LONGEST_CELL = 2**31 - 1
BUFFER = 1 << 17

Row = tuple[Any, ...]


def read(body: BinaryIO, name: str, expected: int | None) -> Iterator[Row]:
    """Read the rows of an export.

    Args:
        body: The compressed file.
        name: Its name, for errors.
        expected: How many rows the server has counted, None if it does not say.

    Yields:
        The row's number, counted from 1, and its 14 values: text, but for booleans in `Event` and
        `FirstVisit` and an integer in `Bot`. Browsers and systems come without the blanks around
        them, which stand for a missing version.

    Raises:
        ExportError: The file, a row or a cell is not as it should be, or rows are missing.
    """
    csv.field_size_limit(LONGEST_CELL)
    unpacked = io.BufferedReader(gzip.GzipFile(fileobj=body), BUFFER)
    rows = csv.reader(io.TextIOWrapper(unpacked, "utf-8", newline=""), strict=True)
    number, row = 0, list[str]()
    try:
        _check_header(next(rows, None), name)
        checked = _date
        for number, row in enumerate(rows, start=1):
            (
                path, title, event, user_agent, browser, system, session, bot, referrer,
                referrer_scheme, screen_size, location, first_visit, date,
            ) = row  # fmt: skip
            yield (
                number, path, title, BOOLEANS[event], user_agent, browser.strip(), system.strip(),
                session, BOTS[bot], referrer, referrer_scheme, screen_size, location,
                BOOLEANS[first_visit], checked(date),
            )  # fmt: skip
    except (csv.Error, UnicodeDecodeError) as error:
        raise ExportError(f"{name}, row {number + 1}: {error}. {ASK}") from error
    except (KeyError, ValueError) as error:
        raise ExportError(_fault(name, number, row)) from error
    except (EOFError, OSError, zlib.error) as error:
        raise ExportError(
            f"{name} ends early or is damaged after row {number}: {error}. {ASK}"
        ) from error
    if expected is not None and number != expected:
        raise ExportError(f"{name} holds {number} rows, but the server counted {expected}. {ASK}")


ASK = (
    "The bookmark stays where it was. Run the tap again; if it stops at the same place, report it "
    "with the tap's and the server's version."
)


def _date(cell: str) -> str:
    if DATE.fullmatch(cell) is None:
        raise ValueError(cell)
    return cell


def _check_header(header: list[str] | None, name: str) -> None:
    if header is None:
        return
    if tuple(header) == COLUMNS:
        return
    version = VERSION_OF.fullmatch("".join(header[:1]))
    if version and version[1] != VERSION:
        raise ExportError(
            f"{name}, row 0: the file has version {version[1]} of the format and this tap reads "
            f"version {VERSION}. Look for a newer tap; the bookmark stays where it was.",
        )
    raise ExportError(
        f"{name}, row 0: the columns should be {', '.join(COLUMNS)}, but are {', '.join(header)}. "
        f"{ASK}",
    )


def _fault(name: str, number: int, row: list[str]) -> str:
    """Say what is wrong with a row, quoting only cells that say nothing about visitors."""
    if len(row) != len(COLUMNS):
        return f"{name}, row {number}: {len(row)} cells instead of {len(COLUMNS)}. {ASK}"
    cells = dict(zip(COLUMNS, row, strict=True))
    fits = {
        "Event": cells["Event"] in BOOLEANS,
        "Bot": cells["Bot"] in BOTS,
        "FirstVisit": cells["FirstVisit"] in BOOLEANS,
        "Date": DATE.fullmatch(cells["Date"]) is not None,
    }
    wrong = [f"{column} is {cells[column]!r}" for column, fit in fits.items() if not fit]
    return f"{name}, row {number}: {' and '.join(wrong)}. {ASK}"
