"""Only what is new in a report, by a column of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tap_gotom.errors import ReportError
from tap_gotom.incremental import IncrementalFilter as NewRows
from tests.tap_gotom.places import report

if TYPE_CHECKING:
    from tests.command_line import Run
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

COLUMNS = {"Tag": {"type": "date", "format": "%d.%m.%Y"}, "Id": "integer"}


def ids(run: Run) -> list[int]:
    return [record["id"] for record in run.records["sales"]]


def settings(place: Place, **more: Any) -> dict[str, Any]:
    return place.graph(
        report(columns=COLUMNS, primary_keys=["Id"], replication_key="Tag", **more),
    )


def test_the_second_run_brings_the_new_days_alone(place: Place, tap: Tap) -> None:
    place.save(("Tag", "Id"), ("02.01.2026", "2"), ("31.12.2025", "1"))
    first = tap.succeed(settings(place))
    assert ids(first) == [2, 1]
    assert first.state["bookmarks"]["sales"]["replication_key_value"] == "2026-01-02"
    place.save(("Tag", "Id"), ("02.01.2026", "3"), ("31.12.2025", "1"), ("03.01.2026", "4"))
    second = tap.succeed(settings(place), state=first.state)
    assert ids(second) == [3, 4]
    assert second.state["bookmarks"]["sales"]["replication_key_value"] == "2026-01-03"
    assert "ACTIVATE_VERSION" not in second.output.kinds("sales")


def test_the_look_back_brings_days_again(place: Place, tap: Tap) -> None:
    rows = [("01.03.2026", "1"), ("02.03.2026", "2"), ("28.02.2026", "3"), ("27.02.2026", "4")]
    place.save(("Tag", "Id"), *rows)
    first = tap.succeed(settings(place, lookback_days=2))
    second = tap.succeed(settings(place, lookback_days=2), state=first.state)
    assert ids(second) == [1, 2, 3]


def test_rows_without_a_day_are_never_lost(place: Place, tap: Tap) -> None:
    place.save(("Tag", "Id"), ("01.03.2026", "1"), ("", "2"))
    first = tap.succeed(settings(place))
    assert ids(tap.succeed(settings(place), state=first.state)) == [1, 2]


def test_the_bookmark_stays_when_the_next_download_fails(place: Place, tap: Tap) -> None:
    place.save(("Tag", "Id"), ("01.03.2026", "1"))
    first = tap.succeed(settings(place))
    place.save(("Tag", "Id"), ("02.03.2026", "2"), ("03.03.2026", "x"))
    second = tap.fail(settings(place), state=first.state)
    assert second.state == first.state


def test_without_a_key_new_rows_replace_nothing(place: Place, tap: Tap) -> None:
    place.save(("Tag", "Id"), ("01.03.2026", "1"))
    run = tap.succeed(place.graph(report(columns=COLUMNS, replication_key="Tag")))
    assert run.output.kinds("sales") == ["SCHEMA", "RECORD"]


def test_days_to_come_do_not_move_the_bookmark_beyond_today() -> None:
    now = datetime.now(UTC)
    coming = (now + timedelta(days=90)).date().isoformat()
    new = NewRows("day", 0, None, 0)
    assert list(new.filter([("2026-01-01",), (coming,)])) == [("2026-01-01",), (coming,)]
    assert new.bookmark() == now.date().isoformat()


@pytest.mark.parametrize(
    ("bookmark", "days", "kept"),
    [
        ("2026-03", 0, ["2026-03", "2026-04"]),
        ("2026-03", 1, ["2026-02", "2026-03", "2026-04"]),
        (None, 9, ["2025-12", "2026-02", "2026-03", "2026-04"]),
    ],
)
def test_months_are_compared_as_they_are(bookmark: str | None, days: int, kept: list[str]) -> None:
    rows = [("2025-12",), ("2026-02",), ("2026-03",), ("2026-04",)]
    assert [row[0] for row in NewRows("month", 0, bookmark, days).filter(rows)] == kept


def test_a_look_back_beyond_all_years_loads_everything() -> None:
    assert list(NewRows("day", 0, "2026-01-01", 1 << 40).filter([("0001-01-01",)])) == [("0001-01-01",)]


def test_rows_as_old_as_the_bookmark_come_again_without_a_look_back(place: Place, tap: Tap) -> None:
    place.save(("Tag", "Id"), ("01.03.2026", "1"), ("01.03.2026", "2"), ("28.02.2026", "3"))
    first = tap.succeed(settings(place))
    assert ids(tap.succeed(settings(place), state=first.state)) == [1, 2]


def test_no_row_is_loaded_when_a_later_one_does_not_sort(place: Place, tap: Tap) -> None:
    place.save(("Tag",), ("2026-01-01",), ("02.01.2026",))
    run = tap.fail(place.graph(report(replication_key="Tag")))
    assert run.output.kinds("sales") == ["SCHEMA"]
    assert "does not sort by time" in run.log


@pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01", "2025-00"])
def test_a_day_that_does_not_exist_is_refused(day: str) -> None:
    with pytest.raises(ReportError, match="does not sort by time"):
        list(NewRows("day", 0, None, 0).filter([(day,)]))


def test_text_that_does_not_sort_by_time_is_refused() -> None:
    with pytest.raises(ReportError, match=r"99\.99\.9999"):
        list(NewRows("day", 0, None, 0).filter([("31.12.2025",)]))


def test_a_bookmark_of_another_type_is_refused() -> None:
    with pytest.raises(ReportError, match="of another type"):
        list(NewRows("id", 0, "2026-01-01", 0).filter([(5,)]))
