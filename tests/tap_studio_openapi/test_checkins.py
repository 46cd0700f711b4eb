"""Check-ins: what is new since the last run, by the time of that run."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tap_studio_openapi.client import OPTED_OUT
from tap_studio_openapi.skipped_customers import drop_if_damaged
from tap_studio_openapi.streams.checkins import parse_bookmark
from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import quirks
from tests.tap_studio_openapi.tenant import refuse

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.sandbox.studio_openapi import Studio
    from tests.tap_studio_openapi.conftest import InProcessTap
    from tests.tap_studio_openapi.tenant import Tenant

STREAM = "customer_checkins"


def windows_of(tenant: Tenant, number: int) -> list[tuple[str, str]]:
    """The windows in which a customer's check-ins were asked for."""
    asked = tenant.received(f"/v1/customers/{number}/activities/checkins")
    found = [(one.query["fromDate"][0], one.query["toDate"][0]) for one in asked]
    return list(dict.fromkeys(found))


def ago(days: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days)).isoformat()


def add_customer_of_old(tenant: Tenant) -> int:
    """Add a customer with one check-in of ninety days ago, and return the id of both."""
    number: int = tenant.kiel.add_customer(status="MEMBER")["id"]
    moment = f"{ago(90)}T10:00:00+01:00"
    tenant.kiel.checkins[number] = [
        {"checkinId": number, "checkInDateTime": moment, "studioId": tenant.kiel.id}
    ]
    return number


def find_unread_since(run: TapRun, tenant: Tenant) -> dict[str, str] | None:
    """Whom the state names as skipped, and since when."""
    entries = run.output.state["bookmarks"][STREAM]["partitions"]
    (entry,) = (one for one in entries if one["context"]["studio_id"] == tenant.kiel.id)
    found: dict[str, str] | None = entry.get("unread_since")
    return found


def state_of(tenant: Tenant, bookmark: Any) -> dict[str, Any]:
    """The state of a run in which the first studio was read until then."""
    entry = {
        "context": {"studio_id": tenant.kiel.id},
        "replication_key": "checkInDateTime",
        "replication_key_value": bookmark,
    }
    return {"bookmarks": {STREAM: {"partitions": [entry]}}}


def test_no_window_is_longer_than_the_api_takes(tenant: Tenant, tap: InProcessTap) -> None:
    run = tap.succeed(tenant.one(start_date=ago(700)), STREAM)

    number = tenant.kiel.id_of(0)
    assert windows_of(tenant, number) == [(ago(700), ago(335)), (ago(335), ago(0))]
    start = datetime.fromisoformat(f"{ago(700)}T00:00:00+00:00") + timedelta(hours=2)
    expected = {
        checkin["checkinId"]
        for customer in tenant.kiel.customers
        for checkin in tenant.kiel.checkins[customer]
        if start <= datetime.fromisoformat(checkin["checkInDateTime"]) <= datetime.now(UTC)
    }
    assert expected <= {record["checkinId"] for record in run.records[STREAM]}
    assert len(expected) > 100


def test_the_first_run_reads_a_year(tenant: Tenant, tap: InProcessTap) -> None:
    tap.succeed(tenant.one(), STREAM)

    assert windows_of(tenant, tenant.kiel.id_of(0)) == [(ago(365), ago(0))]


def test_the_next_run_reads_from_the_last_one_and_some_days_before(
    tenant: Tenant, tap: InProcessTap
) -> None:
    bookmark = (datetime.now(UTC) - timedelta(3)).isoformat()

    run = tap.succeed(tenant.one(checkin_lookback_days=5), STREAM, state=state_of(tenant, bookmark))

    assert windows_of(tenant, tenant.kiel.id_of(0)) == [(ago(8), ago(0))]
    moved = datetime.fromisoformat(run.output.bookmark(STREAM, studio_id=tenant.kiel.id))
    assert datetime.now(UTC) - moved < timedelta(minutes=5)


def test_a_failure_keeps_the_bookmark_of_its_studio_alone(
    tenant: Tenant, tap: InProcessTap
) -> None:
    bookmark = f"{ago(3)}T08:00:00+00:00"
    path = f"/v1/customers/{tenant.kiel.id_of(1)}/activities/checkins"
    tenant.server.faults.add("GET", path, refuse(500), times=None)

    run = tap.fail(tenant.both(max_retries=0), STREAM, state=state_of(tenant, bookmark))

    assert run.output.bookmark(STREAM, studio_id=tenant.kiel.id) == bookmark
    assert run.output.bookmark(STREAM, studio_id=tenant.luebeck.id) > bookmark


def test_skipped_customers_are_read_from_where_they_were_skipped_once_they_can_be(
    tenant: Tenant, tap: InProcessTap
) -> None:
    refusals = [refuse(403, OPTED_OUT), refuse(403), refuse(404)]
    numbers = [add_customer_of_old(tenant) for _ in refusals]
    for number, answer in zip(numbers, refusals, strict=True):
        path = f"/v1/customers/{number}/activities/checkins"
        tenant.server.faults.add("GET", path, answer, times=2)

    skipped = tap.succeed(tenant.one(), STREAM)
    again = tap.succeed(tenant.one(), STREAM, state=skipped.output.state)
    tenant.server.requests.clear()
    read = tap.succeed(tenant.one(), STREAM, state=again.output.state)

    assert find_unread_since(skipped, tenant) == {str(number): ago(365) for number in numbers}
    assert find_unread_since(again, tenant) == find_unread_since(skipped, tenant)
    assert {*numbers} <= {record["checkinId"] for record in read.records[STREAM]}
    assert [windows_of(tenant, number) for number in numbers] == [[(ago(365), ago(0))]] * 3
    assert windows_of(tenant, tenant.kiel.id_of(0)) == [(ago(7), ago(0))]
    assert find_unread_since(read, tenant) is None


def test_a_skipped_customer_who_is_none_any_more_is_forgotten(
    tenant: Tenant, tap: InProcessTap
) -> None:
    number = add_customer_of_old(tenant)
    path = f"/v1/customers/{number}/activities/checkins"
    tenant.server.faults.add("GET", path, refuse(403, OPTED_OUT), times=None)
    skipped = tap.succeed(tenant.one(), STREAM)
    del tenant.kiel.customers[number]

    run = tap.succeed(tenant.one(), STREAM, state=skipped.output.state)

    assert find_unread_since(run, tenant) is None


@pytest.mark.parametrize(
    "damaged", [[1], {"7": "soon"}, {"7": "0001-01-01"}, {"7": None}, "7"], ids=str
)
def test_skipped_customers_that_cannot_be_are_dropped(damaged: Any) -> None:
    state = {"unread_since": damaged}
    assert drop_if_damaged(state, date(2000, 1, 1))
    assert state == {}


def test_damaged_skipped_customers_are_logged_and_skip_nothing(
    tenant: Tenant, tap: InProcessTap
) -> None:
    state = state_of(tenant, f"{ago(3)}T08:00:00+00:00")
    state["bookmarks"][STREAM]["partitions"][0]["unread_since"] = "7"

    run = tap.succeed(tenant.one(), STREAM, state=state)

    assert "is damaged or is no time in the past" in run.log
    assert windows_of(tenant, tenant.kiel.id_of(0)) == [(ago(365), ago(0))]


def test_a_check_in_without_an_id_keeps_the_bookmark(tenant: Tenant, tap: InProcessTap) -> None:
    bookmark = f"{ago(3)}T08:00:00+00:00"
    path = f"/v1/customers/{tenant.kiel.id_of(1)}/activities/checkins"
    body = '{"result": [{"checkinId": null}], "hasNext": false}'
    tenant.server.faults.add("GET", path, Answer(200, body), times=None)

    run = tap.fail(tenant.one(), STREAM, state=state_of(tenant, bookmark))

    assert run.output.bookmark(STREAM, studio_id=tenant.kiel.id) == bookmark


def test_a_list_of_customers_that_breaks_off_keeps_the_bookmark(
    tenant: Tenant, tap: InProcessTap
) -> None:
    bookmark = f"{ago(3)}T08:00:00+00:00"
    tenant.server.faults.add(
        "GET",
        "/v1/customers",
        refuse(500),
        times=None,
        when=lambda request: request.query["customerStatus"] == ["FORMER_MEMBER"],
    )

    run = tap.fail(tenant.one(max_retries=0), STREAM, state=state_of(tenant, bookmark))

    assert run.records[STREAM]
    assert run.output.bookmark(STREAM, studio_id=tenant.kiel.id) == bookmark


def test_who_joins_while_the_tap_reads_is_not_passed_over(
    tenant: Tenant, tap: InProcessTap
) -> None:
    number = add_customer_of_old(tenant)
    tenant.kiel.customers[number]["status"] = "PROSPECT"

    def join(studio: Studio) -> None:
        studio.customers[number]["status"] = "MEMBER"

    tenant.server.quirks["/v1/customers"] = quirks.AfterChunk(join)
    run = tap.succeed(tenant.one(), STREAM)

    assert number in {record["checkinId"] for record in run.records[STREAM]}


@pytest.mark.parametrize("ahead", [-400, 400], ids=["clock ahead", "clock behind"])
def test_days_are_those_of_the_server_where_a_clock_is_wrong(
    tenant: Tenant, tap: InProcessTap, ahead: int
) -> None:
    tenant.set_clock(datetime.now(UTC) + timedelta(ahead))

    run = tap.succeed(tenant.one(), STREAM)

    first, last = ago(365 - ahead), ago(-ahead)
    windows = windows_of(tenant, tenant.kiel.id_of(0))
    assert (windows[0][0], windows[-1][1]) == (first, last)
    moved = datetime.fromisoformat(run.output.bookmark(STREAM, studio_id=tenant.kiel.id))
    assert (
        timedelta() <= datetime.now(UTC) + timedelta(min(ahead, 0)) - moved < timedelta(minutes=5)
    )


def test_a_bookmark_beyond_the_time_of_the_server_is_logged_once_for_all_studios(
    tenant: Tenant, tap: InProcessTap
) -> None:
    tenant.set_clock(datetime.now(UTC) - timedelta(400))
    state = state_of(tenant, f"{ago(3)}T08:00:00+00:00")
    entries = state["bookmarks"][STREAM]["partitions"]
    entries.append({**entries[0], "context": {"studio_id": tenant.luebeck.id}})

    run = tap.succeed(tenant.both(), STREAM, state=state)

    assert run.log.count("is no time in the past") == 1
    for studio in (tenant.kiel, tenant.luebeck):
        assert windows_of(tenant, studio.id_of(0)) == [(ago(765), ago(400))]


def test_start_dates_before_there_were_check_ins_ask_for_no_more_windows(
    tenant: Tenant, tap: InProcessTap
) -> None:
    settings = tenant.one(start_date="0001-01-01", customer_statuses=["PROSPECT"])

    run = tap.succeed(settings, "customers", STREAM)

    asked = {record["id"] for record in run.records["customers"]}
    windows = [windows_of(tenant, customer) for customer in asked]
    assert asked
    assert {window[0][0] for window in windows} == {"2000-01-01"}


def test_check_ins_keep_the_offset_of_the_studio(tenant: Tenant, tap: InProcessTap) -> None:
    offsets = {
        "2026-03-01T18:30:00+01:00": 60,
        "2026-03-01T18:30:00.000+05:30[Asia/Kolkata]": 330,
        "2026-03-01T18:30:00-03:30": -210,
        "2026-03-01T18:30:00Z": 0,
        "2026-03-01T18:30:00": None,
        "": None,
        None: None,
    }
    rows = [{"checkinId": n, "checkInDateTime": moment} for n, moment in enumerate(offsets)]
    body = json.dumps({"result": rows, "hasNext": False})
    path = f"/v1/customers/{tenant.kiel.id_of(0)}/activities/checkins"
    tenant.server.faults.add("GET", path, Answer(200, body))

    records = tap.succeed(tenant.one(), STREAM).records[STREAM]

    found = {record["checkinId"]: record["utc_offset_minutes"] for record in records}
    assert [found[number] for number in range(len(rows))] == list(offsets.values())


def test_start_dates_to_come_ask_for_nothing(tenant: Tenant, tap: InProcessTap) -> None:
    tomorrow = (date.fromisoformat(ago(0)) + timedelta(1)).isoformat()

    run = tap.succeed(tenant.one(start_date=tomorrow), STREAM)

    assert run.records[STREAM] == []
    assert windows_of(tenant, tenant.kiel.id_of(0)) == []


def test_a_bookmark_that_cannot_be_is_logged_and_skips_nothing(
    tenant: Tenant, tap: InProcessTap
) -> None:
    run = tap.succeed(tenant.one(), STREAM, state=state_of(tenant, "soon"))
    assert "no time in the past" in run.log
    assert windows_of(tenant, tenant.kiel.id_of(0)) == [(ago(365), ago(0))]
    moved = datetime.fromisoformat(run.output.bookmark(STREAM, studio_id=tenant.kiel.id))
    assert datetime.now(UTC) - moved < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("bookmark", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01-31T08:00:00", date(2026, 1, 31)),
        ("2026-01-31T08:00:00+01:00", date(2026, 1, 31)),
        ("2999-01-01T00:00:00+00:00", None),
        ("0001-01-01", None),
        ("", None),
        ("soon", None),
        (20261129, None),
        ([1], None),
        (True, None),
    ],
)
def test_bookmarks_are_times_in_the_past(bookmark: Any, day: date | None) -> None:
    found = parse_bookmark(bookmark, datetime(2026, 2, 1, tzinfo=UTC))
    assert (found and found.date()) == day
