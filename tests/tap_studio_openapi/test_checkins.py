"""Check-ins: what is new since the last run, by the time of that run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tap_studio_openapi.streams.checkins import parse_bookmark
from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import quirks
from tests.tap_studio_openapi.tenant import refusal

if TYPE_CHECKING:
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
    tenant.server.faults.add("GET", path, refusal(500), times=None)

    run = tap.fail(tenant.both(max_retries=0), STREAM, state=state_of(tenant, bookmark))

    assert run.output.bookmark(STREAM, studio_id=tenant.kiel.id) == bookmark
    assert run.output.bookmark(STREAM, studio_id=tenant.luebeck.id) > bookmark


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
        refusal(500),
        times=None,
        when=lambda request: request.query["customerStatus"] == ["FORMER_MEMBER"],
    )

    run = tap.fail(tenant.one(max_retries=0), STREAM, state=state_of(tenant, bookmark))

    assert run.records[STREAM]
    assert run.output.bookmark(STREAM, studio_id=tenant.kiel.id) == bookmark


def test_who_joins_while_the_tap_reads_is_not_passed_over(
    tenant: Tenant, tap: InProcessTap
) -> None:
    number = tenant.kiel.add_customer(status="PROSPECT")["id"]
    tenant.kiel.checkins[number] = [
        {"checkinId": 1, "checkInDateTime": f"{ago(90)}T10:00:00+01:00", "studioId": tenant.kiel.id}
    ]

    def join(studio: Studio) -> None:
        studio.customers[number]["status"] = "MEMBER"

    tenant.server.quirks["/v1/customers"] = quirks.AfterChunk(join)
    run = tap.succeed(tenant.one(), STREAM)

    assert 1 in {record["checkinId"] for record in run.records[STREAM]}


def test_start_dates_to_come_ask_for_nothing(tenant: Tenant, tap: InProcessTap) -> None:
    tomorrow = (date.fromisoformat(ago(0)) + timedelta(1)).isoformat()

    run = tap.succeed(tenant.one(start_date=tomorrow), STREAM)

    assert run.records[STREAM] == []
    assert windows_of(tenant, tenant.kiel.id_of(0)) == []


@pytest.mark.parametrize(
    "bookmark",
    ["2999-01-01T00:00:00+00:00", "0001-01-01", "", "soon", 20261129, [1], True],
    ids=str,
)
def test_a_bookmark_that_cannot_be_is_told_and_skips_nothing(
    tenant: Tenant, tap: InProcessTap, bookmark: Any
) -> None:
    run = tap.succeed(tenant.one(), STREAM, state=state_of(tenant, bookmark))
    assert "no time in the past" in run.log
    assert windows_of(tenant, tenant.kiel.id_of(0)) == [(ago(365), ago(0))]
    moved = datetime.fromisoformat(run.output.bookmark(STREAM, studio_id=tenant.kiel.id))
    assert datetime.now(UTC) - moved < timedelta(minutes=5)


@pytest.mark.parametrize(
    "bookmark", ["2026-01-31", "2026-01-31T08:00:00", "2026-01-31T08:00:00+01:00"]
)
def test_bookmarks_in_all_forms_of_a_time_are_read(bookmark: str) -> None:
    found = parse_bookmark(bookmark, datetime(2026, 2, 1, tzinfo=UTC))
    assert found is not None
    assert found.date() == date(2026, 1, 31)
