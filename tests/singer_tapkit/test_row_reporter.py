"""What is reported about rows: little, and from all threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from singer_tapkit.errors import UnknownFieldsError
from singer_tapkit.row_reporter import MAX_REPORTED_FIELDS, RowReporter
from tests.singer_tapkit.conforming import (
    DATE,
    INTEGER,
    LOGGER,
    conformer,
    warnings,
)

if TYPE_CHECKING:
    from singer_tapkit.row_reporter import UnknownFieldPolicy


def test_fields_named_at_random_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    conform = conformer({"id": INTEGER})

    for number in range(MAX_REPORTED_FIELDS + 50):
        conform({"id": 1, f"field {number}": 1})

    assert len(warnings(caplog)) == MAX_REPORTED_FIELDS


def test_threads_share_a_conformer(caplog: pytest.LogCaptureFixture) -> None:
    conform = conformer({"id": INTEGER, "born": DATE})
    rows = [{"id": str(number), "born": "1990-02-30", "new": 1} for number in range(2000)]

    with ThreadPoolExecutor(8) as threads:
        records = list(threads.map(conform, rows))

    assert records == [{"id": number, "born": None} for number in range(2000)]
    assert conform.invalid_values == {"born": 2000}
    assert len(warnings(caplog)) == 2


def reporter(policy: UnknownFieldPolicy = "warn") -> RowReporter:
    """Return what reports about the stream of visits."""
    return RowReporter("visits", policy, LOGGER)


def test_an_error_names_the_field_and_both_types_but_no_value() -> None:
    error = reporter().type_error("page.id", "sentinel", "integer")

    assert str(error) == (
        "The server sends the field 'page.id' of the stream 'visits' as string, and integer is "
        "expected."
    )
    assert "as bytes, and" in str(reporter().type_error("id", b"sentinel", "integer"))


def test_an_error_names_the_field_that_must_not_be_null() -> None:
    assert "'page.id' of the stream 'visits'" in str(reporter().null_error("page.id"))


def test_each_unknown_field_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    found = reporter("keep")

    found.report_unknown(["a", "b"], is_kept=True)
    found.report_unknown(["b", "c"], is_kept=False)
    found.report_unknown(["a", "c"], is_kept=True)

    assert warnings(caplog) == [
        "Unknown fields of the stream 'visits' are kept: a, b.",
        "Unknown fields of the stream 'visits' are left out: c.",
    ]


def test_unknown_fields_can_be_refused() -> None:
    with pytest.raises(UnknownFieldsError, match="the stream 'visits': a, b"):
        reporter("fail").report_unknown(["a", "b"], is_kept=False)


def test_local_times_are_reported_once_for_each_field(caplog: pytest.LogCaptureFixture) -> None:
    found = reporter()

    for path in ("at", "until", "at"):
        found.report_local_time(path)

    assert [message.split("'")[1] for message in warnings(caplog)] == ["at", "until"]
