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
    convert = ColumnType.from_setting(setting).converter()
    assert convert is not None
    assert convert(cell) == value
    assert type(convert(cell)) is type(value)


@pytest.mark.parametrize(
    ("setting", "cell"),
    [
        ("integer", "007"),
        ("integer", "1.0"),
        ("integer", " 1"),
        ("integer", "+1"),
        ("integer", "\u0661"),
        ("number", "1'234.50"),
        ("number", "1234,50"),
        ("number", "12.5 %"),
        ("number", "NaN"),
        ("number", "1e3"),
        ("number", ".5"),
        ({"type": "number", "format": "1.234,5"}, "1.23,5"),
        ({"type": "number", "format": "1.234,5"}, "1234.5"),
        ("boolean", "yes"),
        ({"type": "boolean", "format": "ja/nein"}, "true"),
        ("date", "09.03.2026"),
        ("date", "2026-02-30"),
        ("date", "2026-03-09T00:00"),
        ("date-time", "2026-03-09T06:15:00"),
        ("date-time", "0001-01-01T00:00:00+01:00"),
        ("date-time", "9999-12-31T23:59:59-01:00"),
        ("date", "0000-01-01"),
        ("number", "1.234,56"),
        ("number", " 5"),
        ("number", "1e5"),
        ({"type": "date", "format": "%d.%m.%Y"}, "2026-03-09"),
    ],
)
def test_cells_that_do_not_fit_are_refused(setting: Any, cell: str) -> None:
    convert = ColumnType.from_setting(setting).converter()
    assert convert is not None
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        convert(cell)


@pytest.mark.parametrize(
    "setting",
    [
        {"type": "number", "format": "0.0"},
        {"type": "number", "format": "1.234.5"},
        {"type": "boolean", "format": "ja"},
        {"type": "date-time", "format": "%d.%m.%Y %H:%M"},
        {"type": "date-time", "format": "%d.%m.%Y %I:%M %z"},
        {"type": "date-time", "format": "%d.%m. %H:%M %z"},
        {"type": "date-time", "format": "%H:%M %z"},
        {"type": "date", "format": "%d.%m."},
        {"type": "date", "format": "%Y"},
        {"type": "date", "format": "%Y-W%W"},
        {"type": "date", "format": "%d.%m.%Y %Q"},
        {"type": "date", "format": "dd.mm.yyyy"},
        {"type": "integer", "format": "1'234"},
        {"type": "string", "format": "%d.%m.%Y"},
        {"type": "text"},
    ],
)
def test_formats_that_say_nothing_are_refused(setting: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for people
        ColumnType.from_setting(setting)


def test_a_shape_shows_how_a_cell_is_written_and_not_what_it_says() -> None:
    assert mask_value("Müller 1'234,50 %") == '"aaaaaa 9\'999,99 %"'
    assert mask_value("7" * 50) == f"'{'9' * 40}…'"
