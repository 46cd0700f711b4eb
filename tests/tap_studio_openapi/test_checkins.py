"""Check-ins: what is new since the last run, by the time of that run."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tap_studio_openapi.client import OPTED_OUT
from tap_studio_openapi.streams.checkins import parse_bookmark
from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import quirks
from tests.tap_studio_openapi.tenant import KEYS, Tenant, refuse, state_of, succeed

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.sandbox.studio_openapi import Studio

STREAM = "customer_checkins"


def path_of(number: int) -> str:
    return f"/v1/customers/{number}/activities/checkins"


def windows_of(tenant: Tenant, number: int) -> list[tuple[str, str]]:
    """The windows in which a customer's check-ins were asked for."""
    asked = tenant.received(path_of(number))
    found = [(one.query["fromDate"][0], one.query["toDate"][0]) for one in asked]
    return list(dict.fromkeys(found))


def first_windows(tenant: Tenant) -> list[tuple[str, str]]:
    return windows_of(tenant, tenant.kiel.id_of(0))


def ago(days: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days)).isoformat()


def three_days_ago() -> str:
    return f"{ago(3)}T08:00:00+00:00"


def bookmark_age(run: TapRun, studio: Studio) -> timedelta:
    moved = datetime.fromisoformat(run.output.bookmark(STREAM, studio_id=studio.id))
    return datetime.now(UTC) - moved


def find_unread_since(run: TapRun, studio: Studio) -> dict[str, str] | None:
    """Whom the state names as skipped, and since when."""
    entries = run.output.state["bookmarks"][STREAM]["partitions"]
    (entry,) = (one for one in entries if one["context"]["studio_id"] == studio.id)
    found: dict[str, str] | None = entry.get("unread_since")
    return found


def add_customer_of_old(tenant: Tenant) -> int:
    """Add a customer with one check-in of ninety days ago, and return the id of both."""
    number: int = tenant.kiel.add_customer(status="MEMBER")["id"]
    moment = f"{ago(90)}T10:00:00+01:00"
    tenant.kiel.checkins[number] = [
        {"checkinId": number, "checkInDateTime": moment, "studioId": tenant.kiel.id}
    ]
    return number


def test_no_window_is_longer_than_the_api_takes(tenant: Tenant) -> None:
    run = tenant.one.succeed(STREAM, start_date=ago(700))

    assert first_windows(tenant) == [(ago(700), ago(335)), (ago(335), ago(0))]
    start = datetime.fromisoformat(f"{ago(700)}T00:00:00+00:00") + timedelta(hours=2)
    expected = {
        checkin["checkinId"]
        for customer in tenant.kiel.customers
        for checkin in tenant.kiel.checkins[customer]
        if start <= datetime.fromisoformat(checkin["checkInDateTime"]) <= datetime.now(UTC)
    }
    assert expected <= {record["checkinId"] for record in run.records[STREAM]}
    assert len(expected) > 100


@pytest.mark.parametrize(
    ("start", "windows"), [(None, [365]), (2, [2]), (-1, [])], ids=["none", "set", "to come"]
)
def test_the_first_run_reads_a_year_or_from_the_start_date(
    tenant: Tenant, start: int | None, windows: list[int]
) -> None:
    tenant.one.succeed(STREAM, **({} if start is None else {"start_date": ago(start)}))
    assert first_windows(tenant) == [(ago(first), ago(0)) for first in windows]


def test_the_next_run_reads_from_the_last_one_and_some_days_before(tenant: Tenant) -> None:
    state = state_of((datetime.now(UTC) - timedelta(3)).isoformat(), tenant.kiel)
    run = tenant.one.succeed(STREAM, state=state, checkin_lookback_days=5)
    assert first_windows(tenant) == [(ago(8), ago(0))]
    assert bookmark_age(run, tenant.kiel) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("path", "status", "answer"),
    [
        ("/v1/customers/*/activities/checkins", None, refuse(500)),
        (
            "/v1/customers/*/activities/checkins",
            None,
            Answer(200, '{"result": [{"checkinId": null}], "hasNext": false}'),
        ),
        ("/v1/customers", "FORMER_MEMBER", refuse(500)),
    ],
    ids=["one customer fails", "a check-in has no id", "the customers break off"],
)
def test_a_failure_keeps_the_bookmark_of_its_studio_alone(
    tenant: Tenant, path: str, status: str | None, answer: Answer
) -> None:
    tenant.spoil(
        path,
        answer,
        when=lambda request: (
            request.headers["x-api-key"] == KEYS["kiel"]
            and request.query.get("customerStatus", [None]) == [status]
        ),
        times=1,
    )
    bookmark = three_days_ago()
    state = state_of(bookmark, tenant.kiel, tenant.luebeck)

    run = tenant.both.fail(STREAM, state=state, max_retries=0)

    assert {record["studio_id"] for record in run.records[STREAM]} >= {tenant.kiel.id}
    assert run.output.bookmark(STREAM, studio_id=tenant.kiel.id) == bookmark
    assert run.output.bookmark(STREAM, studio_id=tenant.luebeck.id) > bookmark


def test_skipped_customers_are_read_from_where_they_were_skipped_once_they_can_be(
    tenant: Tenant,
) -> None:
    refusals = [refuse(403, OPTED_OUT), refuse(403), refuse(404)]
    numbers = [add_customer_of_old(tenant) for _ in refusals]
    for number, answer in zip(numbers, refusals, strict=True):
        tenant.spoil(path_of(number), answer, times=2)

    skipped = tenant.one.succeed(STREAM)
    again = tenant.one.succeed(STREAM, state=skipped.output.state)
    tenant.server.requests.clear()
    read = tenant.one.succeed(STREAM, state=again.output.state)

    unread = {str(number): ago(365) for number in numbers}
    assert find_unread_since(skipped, tenant.kiel) == unread
    assert find_unread_since(again, tenant.kiel) == unread
    assert {*numbers} <= {record["checkinId"] for record in read.records[STREAM]}
    assert [windows_of(tenant, number) for number in numbers] == [[(ago(365), ago(0))]] * 3
    assert first_windows(tenant) == [(ago(7), ago(0))]
    assert find_unread_since(read, tenant.kiel) is None


def test_a_skipped_customer_who_is_none_any_more_is_forgotten(tenant: Tenant) -> None:
    number = add_customer_of_old(tenant)
    tenant.kiel.opted_out.add(number)
    skipped = tenant.one.succeed(STREAM)
    del tenant.kiel.customers[number]

    run = tenant.one.succeed(STREAM, state=skipped.output.state)

    assert find_unread_since(skipped, tenant.kiel) == {str(number): ago(365)}
    assert find_unread_since(run, tenant.kiel) is None


@pytest.mark.parametrize(
    ("bookmark", "more"), [("soon", {}), (None, {"unread_since": "7"})], ids=["bookmark", "skipped"]
)
def test_a_damaged_state_is_logged_and_skips_nothing(
    tenant: Tenant, bookmark: str | None, more: dict[str, Any]
) -> None:
    state = state_of(bookmark or three_days_ago(), tenant.kiel, **more)
    run = tenant.one.succeed(STREAM, state=state)
    assert "is damaged or is no time in the past" in run.log
    assert first_windows(tenant) == [(ago(365), ago(0))]
    assert bookmark_age(run, tenant.kiel) < timedelta(minutes=5)


def test_who_joins_while_the_tap_reads_is_not_passed_over(tenant: Tenant) -> None:
    number = add_customer_of_old(tenant)
    tenant.kiel.customers[number]["status"] = "PROSPECT"

    def join(studio: Studio) -> None:
        studio.customers[number]["status"] = "MEMBER"

    tenant.server.quirks["/v1/customers"] = quirks.AfterChunk(join)
    run = tenant.one.succeed(STREAM)

    assert number in {record["checkinId"] for record in run.records[STREAM]}


@pytest.mark.parametrize("ahead", [-400, 400], ids=["clock ahead", "clock behind"])
def test_days_are_those_of_the_server_where_a_clock_is_wrong(tenant: Tenant, ahead: int) -> None:
    tenant.set_clock(datetime.now(UTC) + timedelta(ahead))
    run = tenant.one.succeed(STREAM)
    windows = first_windows(tenant)
    assert (windows[0][0], windows[-1][1]) == (ago(365 - ahead), ago(-ahead))
    age = bookmark_age(run, tenant.kiel) + timedelta(min(ahead, 0))
    assert timedelta() <= age < timedelta(minutes=5)


def test_a_bookmark_beyond_the_time_of_the_server_is_logged_once_for_all_studios(
    tenant: Tenant,
) -> None:
    tenant.set_clock(datetime.now(UTC) - timedelta(400))
    state = state_of(three_days_ago(), tenant.kiel, tenant.luebeck)
    run = tenant.both.succeed(STREAM, state=state)
    assert run.log.count("is no time in the past") == 1
    for studio in (tenant.kiel, tenant.luebeck):
        assert windows_of(tenant, studio.id_of(0)) == [(ago(765), ago(400))]


def test_start_dates_before_there_were_check_ins_ask_for_no_more_windows(tenant: Tenant) -> None:
    settings = tenant.one(start_date="0001-01-01", customer_statuses=["PROSPECT"])
    run = succeed(settings, "customers", STREAM)
    windows = [windows_of(tenant, record["id"]) for record in run.records["customers"]]
    assert {window[0][0] for window in windows} == {"2000-01-01"}


def test_a_look_back_ends_where_check_ins_begin_and_skipped_customers_stay_good(
    tenant: Tenant,
) -> None:
    number = tenant.kiel.id_of(0)
    tenant.kiel.opted_out.add(number)
    settings = {"checkin_lookback_days": 36_500, "customer_statuses": ["MEMBER"]}
    run = tenant.one.succeed(STREAM, state=state_of(three_days_ago(), tenant.kiel), **settings)
    assert find_unread_since(run, tenant.kiel) == {str(number): "2000-01-01"}
    again = tenant.one.succeed(STREAM, state=run.output.state, **settings)
    assert "is damaged" not in again.log
    assert find_unread_since(again, tenant.kiel) == {str(number): "2000-01-01"}


def test_check_ins_keep_the_offset_of_the_studio(tenant: Tenant) -> None:
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
    tenant.spoil(path_of(tenant.kiel.id_of(0)), Answer(200, body), times=1)

    records = tenant.one.succeed(STREAM).records[STREAM]

    found = {record["checkinId"]: record["utc_offset_minutes"] for record in records}
    assert [found[number] for number in range(len(rows))] == list(offsets.values())


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
