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
from calendar import isleap
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from singer_tapkit.errors import InvalidResponseError, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_goatcounter.export_file import ExportFile

COLUMNS: Final = (
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
VERSION: Final = "2"
HEADER_VERSION: Final = re.compile(r"(\d+)Path")
TIME: Final = re.compile(
    r"\d{4}-"
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|1\d|2[0-8])"
    r"|(02-29))"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z",
    re.ASCII,
)
"""A time in UTC; its group is the day that only leap years have."""

BOOLEANS: Final = {"0": False, "1": True, "false": False, "true": True}
BOTS: Final = {str(code): code for code in range(256)}
GZIP_MAGIC: Final = b"\x1f\x8b"
MAX_CELL: Final = 16 * 1024 * 1024
"""Characters; a quote that is never closed would take the rest of the file into one cell."""

BUFFER_BYTES: Final = 1 << 17
HINT: Final = (
    "The bookmark stays where it was. Run the tap again; if it stops at the same place, report it "
    "with the tap's and the server's version."
)

CsvRow = tuple[Any, ...]


def read_hits(file: ExportFile, expected: int | None) -> Iterator[CsvRow]:
    """Yield the rows of an export.

    Args:
        file: The file, compressed or not.
        expected: How many rows the server has counted, None if it sends no count.

    Yields:
        The row's number, counted from 1, and its 14 values: text, but for booleans in `Event` and
        `FirstVisit` and an integer in `Bot`. Browsers and systems come without the blanks around
        them, which stand for a missing version.

    Raises:
        InvalidResponseError: The file, a row or a cell is not as it should be, or rows are missing.
    """
    to_bool, to_bot, is_time = BOOLEANS.get, BOTS.get, _is_time
    number = 0
    try:
        with _open_text(file) as text:
            for number, row in enumerate(_read_rows(text, file.name), start=1):
                if len(row) != len(COLUMNS):
                    raise InvalidResponseError(_row_error_message(row, number, file.name))
                (
                    path, title, event, user_agent, browser, system, session, bot, referrer,
                    referrer_scheme, screen_size, location, first_visit, moment,
                ) = row  # fmt: skip
                is_event, bot_code, is_first = to_bool(event), to_bot(bot), to_bool(first_visit)
                if is_event is None or bot_code is None or is_first is None or not is_time(moment):
                    raise InvalidResponseError(_row_error_message(row, number, file.name))
                yield (
                    number, path, title, is_event, user_agent, browser.strip(), system.strip(),
                    session, bot_code, referrer, referrer_scheme, screen_size, location, is_first,
                    moment,
                )  # fmt: skip
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidResponseError(f"{file.name}, row {number + 1}: {error}. {HINT}") from error
    except (EOFError, OSError, zlib.error) as error:
        raise InvalidResponseError(
            f"{file.name} ends early or is damaged after row {number}: {error}. {HINT}"
        ) from error
    if expected is not None and number != expected:
        raise InvalidResponseError(
            f"{file.name} holds {number} rows, but the server counted {expected}. {HINT}"
        )


def _open_text(file: ExportFile) -> io.TextIOWrapper:
    is_compressed = file.body.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    file.body.seek(0)
    unpacked: BinaryIO | io.BufferedReader = file.body
    if is_compressed:
        unpacked = io.BufferedReader(gzip.GzipFile(fileobj=file.body), BUFFER_BYTES)
    return io.TextIOWrapper(unpacked, "utf-8", newline="")


def _read_rows(text: io.TextIOWrapper, name: str) -> Iterator[list[str]]:
    """Return the rows behind the header; a file without rows may have none."""
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(text, strict=True)
    header = next(rows, None)
    if header is not None:
        _check_header(header, name)
    return rows


def _is_time(text: str) -> bool:
    found = TIME.fullmatch(text)
    return found is not None and (found.lastindex is None or isleap(int(text[:4])))


def _check_header(header: list[str], name: str) -> None:
    if tuple(header) == COLUMNS:
        return
    version = HEADER_VERSION.fullmatch("".join(header[:1]))
    if version and version[1] != VERSION:
        raise InvalidResponseError(
            f"{name}, row 0: the file has version {version[1]} of the format and this tap reads "
            f"version {VERSION}. Look for a newer tap; the bookmark stays where it was."
        )
    raise InvalidResponseError(
        f"{name}, row 0: the columns should be {', '.join(COLUMNS)}, but are others. {HINT}"
    )


def _row_error_message(row: list[str], number: int, name: str) -> str:
    """Return what is wrong with a row, quoting only cells that are not about visitors."""
    if len(row) != len(COLUMNS):
        return f"{name}, row {number}: {len(row)} cells instead of {len(COLUMNS)}. {HINT}"
    cells = dict(zip(COLUMNS, row, strict=True))
    is_valid = {
        "Event": cells["Event"] in BOOLEANS,
        "Bot": cells["Bot"] in BOTS,
        "FirstVisit": cells["FirstVisit"] in BOOLEANS,
        "Date": _is_time(cells["Date"]),
    }
    wrong = [
        f"{column} is {truncate(repr(cells[column]))}"
        for column, valid in is_valid.items()
        if not valid
    ]
    return f"{name}, row {number}: {' and '.join(wrong)}. {HINT}"
