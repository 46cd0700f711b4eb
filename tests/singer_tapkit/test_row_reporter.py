"""What is reported about rows: little, and from all threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from singer_tapkit.row_reporter import MAX_REPORTED_FIELDS
from tests.singer_tapkit.conforming import (
    DATE,
    INTEGER,
    make_conformer,
    read_warnings,
)

if TYPE_CHECKING:
    import pytest


def test_fields_named_at_random_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    conform = make_conformer({"id": INTEGER})

    for number in range(MAX_REPORTED_FIELDS + 50):
        conform({"id": 1, f"field {number}": 1})

    assert len(read_warnings(caplog)) == MAX_REPORTED_FIELDS


def test_threads_share_a_conformer(caplog: pytest.LogCaptureFixture) -> None:
    conform = make_conformer({"id": INTEGER, "born": DATE})
    rows = [{"id": str(number), "born": "1990-02-30", "new": 1} for number in range(2000)]

    with ThreadPoolExecutor(8) as threads:
        records = list(threads.map(conform, rows))

    assert records == [{"id": number, "born": None} for number in range(2000)]
    assert len(read_warnings(caplog)) == 2
