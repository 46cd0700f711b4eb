"""Check-ins: what is new since the last run, by the time of that run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import quirks

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi import Studio
    from tests.tap_studio_openapi.command_line import Tap
    from tests.tap_studio_openapi.places import Place

STREAM = "customer_checkins"


def windows_of(place: Place, number: int) -> list[tuple[str, str]]:
    """The windows in which a customer's check-ins were asked for."""
    asked = place.received(f"/v1/customers/{number}/activities/checkins")
    found = [(one.query["fromDate"][0], one.query["toDate"][0]) for one in asked]
    return list(dict.fromkeys(found))


def ago(days: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days)).isoformat()


def state_of(place: Place, bookmark: str) -> dict[str, Any]:
    """The state of a run in which the first studio was read until then."""
    entry = {
        "context": {"studio_id": place.kiel.id},
        "replication_key": "checkInDateTime",
        "replication_key_value": bookmark,
    }
    return {"bookmarks": {STREAM: {"partitions": [entry]}}}


def test_no_window_is_longer_than_the_api_takes(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.one(start_date=ago(700)), STREAM)

    number = place.kiel.id_of(0)
    assert windows_of(place, number) == [(ago(700), ago(335)), (ago(335), ago(0))]
    start = datetime.fromisoformat(f"{ago(700)}T00:00:00+00:00") + timedelta(hours=2)
    expected = {
        checkin["checkinId"]
        for customer in place.kiel.customers
        for checkin in place.kiel.checkins[customer]
        if start <= datetime.fromisoformat(checkin["checkInDateTime"]) <= datetime.now(UTC)
    }
    assert expected <= {record["checkinId"] for record in run.records[STREAM]}
    assert len(expected) > 100


def test_five_years_take_five_windows(place: Place, tap: Tap) -> None:
    tap.succeed(place.one(start_date=ago(5 * 365)), STREAM)

    windows = [(ago(days), ago(days - 365)) for days in range(5 * 365, 0, -365)]
    assert windows_of(place, place.kiel.id_of(0)) == windows


def test_the_first_run_reads_a_year(place: Place, tap: Tap) -> None:
    tap.succeed(place.one(), STREAM)

    assert windows_of(place, place.kiel.id_of(0)) == [(ago(365), ago(0))]


def test_the_next_run_reads_from_the_last_one_and_some_days_before(place: Place, tap: Tap) -> None:
    bookmark = (datetime.now(UTC) - timedelta(3)).isoformat()

    run = tap.succeed(place.one(checkin_lookback_days=5), STREAM, state=state_of(place, bookmark))

    assert windows_of(place, place.kiel.id_of(0)) == [(ago(8), ago(0))]
    moved = datetime.fromisoformat(run.output.bookmark(STREAM, studio_id=place.kiel.id))
    assert datetime.now(UTC) - moved < timedelta(minutes=5)


def test_a_failure_keeps_the_bookmark_of_its_studio_alone(place: Place, tap: Tap) -> None:
    bookmark = f"{ago(3)}T08:00:00+00:00"
    path = f"/v1/customers/{place.kiel.id_of(1)}/activities/checkins"
    place.server.faults.add("GET", path, Answer(500), times=None)

    run = tap.fail(place.both(max_retries=0), STREAM, state=state_of(place, bookmark))

    assert run.output.bookmark(STREAM, studio_id=place.kiel.id) == bookmark
    assert run.output.bookmark(STREAM, studio_id=place.luebeck.id) > bookmark


def test_a_list_of_customers_that_breaks_off_keeps_the_bookmark(place: Place, tap: Tap) -> None:
    bookmark = f"{ago(3)}T08:00:00+00:00"
    place.server.faults.add(
        "GET",
        "/v1/customers",
        Answer(500),
        times=None,
        when=lambda request: request.query["customerStatus"] == ["FORMER_MEMBER"],
    )

    run = tap.fail(place.one(max_retries=0), STREAM, state=state_of(place, bookmark))

    assert run.records[STREAM]
    assert run.output.bookmark(STREAM, studio_id=place.kiel.id) == bookmark


def test_who_joins_while_the_tap_reads_is_not_passed_over(place: Place, tap: Tap) -> None:
    number = place.kiel.add_customer(status="PROSPECT")["id"]
    place.kiel.checkins[number] = [
        {"checkinId": 1, "checkInDateTime": f"{ago(90)}T10:00:00+01:00", "studioId": place.kiel.id}
    ]

    def join(studio: Studio) -> None:
        studio.customers[number]["status"] = "MEMBER"

    place.server.quirks["/v1/customers"] = quirks.AfterChunk(join)
    run = tap.succeed(place.one(), STREAM)

    assert 1 in {record["checkinId"] for record in run.records[STREAM]}


def test_start_dates_to_come_ask_for_nothing(place: Place, tap: Tap) -> None:
    tomorrow = (date.fromisoformat(ago(0)) + timedelta(1)).isoformat()

    run = tap.succeed(place.one(start_date=tomorrow), STREAM)

    assert run.records[STREAM] == []
    assert windows_of(place, place.kiel.id_of(0)) == []
