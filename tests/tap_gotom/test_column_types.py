"""What cells of each type become, and which are refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tap_gotom.column_types import ColumnType, mask_value


@pytest.mark.parametrize(
    ("setting", "cell", "value"),
    [
        ("integer", "-12", -12),
        ("integer", "-9223372036854775808", -9223372036854775808),
        ("integer", "0", 0),
        ("number", "8662.50", 8662.5),
        ("number", "-3", -3.0),
        ("number", "-0", -0.0),
        ("integer", "-0", 0),
        ("date", "0001-01-01", "0001-01-01"),
        ("date", "9999-12-31", "9999-12-31"),
        ("number", "12345678901234567.89", Decimal("12345678901234567.89")),
        ({"type": "number", "format": "1'234.5"}, "1'234'567.25", 1234567.25),
        ({"type": "number", "format": "1'234.5"}, "1234.5", 1234.5),
        ({"type": "number", "format": "1.234,5"}, "-1.234,5", -1234.5),
        ({"type": "number", "format": "1234,5"}, "1234,50", 1234.5),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ({"type": "boolean", "format": "ja/nein"}, "nein", False),
        ("date", "2026-03-09", "2026-03-09"),
        ({"type": "date", "format": "%d.%m.%Y"}, "09.03.2026", "2026-03-09"),
        ({"type": "date", "format": "%d.%m.%y"}, "09.03.26", "2026-03-09"),
        ({"type": "date", "format": "%m/%Y"}, "03/2026", "2026-03-01"),
        ("date-time", "2026-03-09T06:15:00+01:00", "2026-03-09T05:15:00+00:00"),
        (
            {"type": "date-time", "format": "%d.%m.%Y %H:%M %z"},
            "09.03.2026 06:15 +0100",
            "2026-03-09T05:15:00+00:00",
        ),
    ],
)
def test_cells_that_fit_their_type(setting: Any, cell: str, value: Any) -> None:
    convert = ColumnType.from_setting(setting).compile_converter()
    assert convert is not None
    assert convert(cell) == value
    assert type(convert(cell)) is type(value)


@pytest.mark.parametrize(
    ("setting", "cells"),
    [
        ("integer", ["007", "1.0", " 1", "+1", "\u0661"]),
        ("integer", ["9223372036854775808", "-9223372036854775809", "1" + "0" * 5000]),
        ("number", ["1'234.50", "1.234,56", "1234,50", "12.5 %", "NaN", "1e3", ".5", " 5"]),
        ({"type": "number", "format": "1.234,5"}, ["1.23,5", "1234.5"]),
        ("boolean", ["yes", "True", ""]),
        ({"type": "boolean", "format": "ja/nein"}, ["true"]),
        ("date", ["09.03.2026", "2026-02-30", "2026-03-09T00:00", "0000-01-01"]),
        ({"type": "date", "format": "%d.%m.%Y"}, ["2026-03-09"]),
        ("date-time", ["2026-03-09", "2026-03-09-01:00"]),
        ("date-time", ["2026-03-09T06:15:00", "0001-01-01T00:00:00+01:00"]),
        ("date-time", ["9999-12-31T23:59:59-01:00"]),
    ],
)
def test_cells_that_do_not_fit_are_refused(setting: Any, cells: list[str]) -> None:
    convert = ColumnType.from_setting(setting).compile_converter()
    assert convert is not None
    for cell in cells:
        with pytest.raises(ValueError):  # noqa: PT011 - the message is for nobody
            convert(cell)


@pytest.mark.parametrize(
    ("kind", "formats"),
    [
        ("number", ["0.0", "1.234.5"]),
        ("boolean", ["ja"]),
        ("date-time", ["%d.%m.%Y %H:%M", "%d.%m.%Y %I:%M %z", "%d.%m. %H:%M %z", "%H:%M %z"]),
        ("date", ["%d.%m.", "%Y", "%Y-W%W", "%d.%m.%Y %Q", "dd.mm.yyyy"]),
        ("integer", ["1'234"]),
        ("string", ["%d.%m.%Y"]),
    ],
)
def test_formats_that_say_nothing_are_refused(kind: str, formats: list[Any]) -> None:
    for written in formats:
        with pytest.raises(ValueError):  # noqa: PT011 - the message is for people
            ColumnType.from_setting({"type": kind, "format": written})


def test_a_shape_shows_how_a_cell_is_written_and_not_what_it_says() -> None:
    assert mask_value("Müller 1'234,50 %") == '"aaaaaa 9\'999,99 %"'
    assert mask_value("7" * 50) == f"'{'9' * 40}…'"
