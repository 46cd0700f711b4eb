"""Which days are asked for, and how: windows, look-back, time zones, limits of the server."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tap_goatcounter.client import GoatCounterClient
from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import Generation, Hit
from tests.tap_goatcounter.servers import format_time, get_day, make_view

if TYPE_CHECKING:
    from datetime import date

    from singer_tapkit.testing import TapRun
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox

BREAKDOWNS = ("browsers", "systems", "locations", "languages", "sizes", "campaigns", "toprefs")


def format_start(days_ago: int) -> str:
    """Return a start or end date."""
    return f"{get_day(days_ago)}T00:00:00Z"


def make_views(days: range) -> list[Hit]:
    """Return a visitor on each of these days ago."""
    return [make_view("/a", days_ago=number, session=str(number)) for number in days]


def list_days(run: TapRun, stream: str) -> list[str]:
    """Return the days of a stream's records."""
    return [record["day"] for record in run.records[stream]]


def count_visits(run: TapRun, stream: str = "total_daily") -> dict[str, int]:
    """Return visitors by day, without days that had none."""
    days = Counter[str]()
    for record in run.records[stream]:
        days[record["day"]] += record["daily"]
    return {day: count for day, count in days.items() if count}


def test_every_request_for_statistics_says_which_utc_days_it_wants(sandbox: Sandbox) -> None:
    sandbox.add(make_view("/a", days_ago=2, query="utm_campaign=x&utm_source=y"))
    run = sandbox.read(start_date=format_start(2))
    assert run.records["path_daily"]
    both = f"{get_day(2)}T00:00:00Z", f"{get_day(1)}T23:59:59Z"
    single = [(f"{day}T00:00:00Z", f"{day}T23:59:59Z") for day in (get_day(2), get_day(1))]
    expected = {"total": [both], "hits": [both], **dict.fromkeys(BREAKDOWNS, single)}
    for page, windows in expected.items():
        queries = [request.query for request in sandbox.received("GET", f"/stats/{page}")]
        assert [(query["start"][0], query["end"][0]) for query in queries] == windows, page


def test_the_first_run_begins_with_the_first_visit_and_leaves_the_current_day_out(
    sandbox: Sandbox,
) -> None:
    sandbox.add(
        make_view("/a", days_ago=40), make_view("/a", days_ago=0, at="00:00:00", session="bob")
    )
    run = sandbox.read("total_daily")
    assert list_days(run, "total_daily")[-1] == str(get_day(1))
    assert count_visits(run) == {str(get_day(40)): 1}
    assert run.output.bookmark("total_daily", site_id=1) == str(get_day(1))


def test_start_and_end_date_are_both_included(sandbox: Sandbox) -> None:
    sandbox.add(*make_views(range(1, 9)))
    streams = ("total_daily", "path_daily", "browsers")
    run = sandbox.read(*streams, start_date=format_start(6), end_date=format_start(4))
    for stream in streams:
        assert list_days(run, stream) == [str(get_day(number)) for number in (6, 5, 4)], stream


def test_the_next_run_reads_the_last_days_again_and_their_changed_counts(newer: Sandbox) -> None:
    newer.add(*make_views(range(1, 9)))
    streams = ("total_daily", "path_daily", "toprefs")
    first = newer.read(*streams, end_date=format_start(3))
    newer.add(*(make_view("/a", days_ago=number, session="late") for number in (5, 7)))
    second = newer.read(*streams, state=first.state)
    for stream in streams:
        assert list_days(second, stream) == [str(get_day(number)) for number in range(6, 0, -1)]
    for stream in ("total_daily", "path_daily"):
        assert count_visits(second, stream)[str(get_day(5))] == 2


def test_the_bookmark_never_goes_back_while_days_are_read_again(newer: Sandbox) -> None:
    newer.add(*make_views(range(1, 9)))
    streams = ("browsers", "total_daily")
    first = newer.read(*streams)
    second = newer.read(*streams, state=first.state, stats_lookback_days=5, window_days=2)
    for stream in streams:
        values = {
            state["bookmarks"][stream]["partitions"][0]["replication_key_value"]
            for state in second.output.states
        }
        assert values == {str(get_day(1))}, stream


def test_a_window_that_is_too_much_for_the_server_is_halved_until_it_fits(
    open_sandbox: OpenSandbox,
) -> None:
    newer = open_sandbox(Generation.MAIN, query_days_limit=5)
    newer.add(*make_views(range(1, 29)))
    run = newer.read("total_daily", "path_daily", start_date=format_start(28), max_retries=6)
    expected = {str(get_day(number)): 1 for number in range(1, 29)}
    assert count_visits(run) == count_visits(run, "path_daily") == expected
    statuses = Counter(request.status for request in newer.received("GET", "/stats/total"))
    assert statuses[504] <= 3


def test_a_single_day_that_is_too_much_is_tried_again_and_then_an_error(newer: Sandbox) -> None:
    newer.add(make_view("/a", days_ago=3))
    too_much = Answer(504, '{"error":"server timed out loading data"}')
    newer.server.faults.add(
        *("GET", "/api/v0/stats/total", too_much),
        times=None,
        when=lambda request: (
            request.query["start"][0] <= format_start(2) <= request.query["end"][0]
        ),
    )
    run = newer.fail_to_read("total_daily", start_date=format_start(3))
    assert "server timed out loading data" in run.log
    assert "even for a single day" in run.log
    assert run.output.bookmark("total_daily", site_id=1) == str(get_day(3))


ZONES = {
    "west": "US.America/New_York",
    "far west": "US.Pacific/Honolulu",
    "east": "JP.Asia/Tokyo",
    "far east": "KI.Pacific/Kiritimati",
    "half an hour east": "IN.Asia/Kolkata",
    "half an hour west": "CA.America/St_Johns",
    "UTC": ".UTC",
}


@pytest.mark.parametrize("zone", ZONES.values(), ids=ZONES)
def test_days_are_those_of_the_owner_and_no_visitor_is_lost_at_their_edges(
    open_sandbox: OpenSandbox, generation: Generation, zone: str
) -> None:
    sandbox = open_sandbox(generation, timezone=zone)
    hits = make_hits_around_the_clock()
    sandbox.add(*hits)
    local = ZoneInfo(zone.partition(".")[2])
    last = datetime.now(local).date() - timedelta(days=1)
    first = last - timedelta(days=4)
    run = sandbox.read(
        "total_daily",
        "path_daily",
        "browsers",
        "toprefs",
        start_date=f"{first}T00:00:00Z",
        window_days=2,
    )
    by_day = Counter(find_local_day(hit, local, generation) for hit in hits)
    days = [first + timedelta(days=number) for number in range(5)]
    expected = {str(day): by_day[day] for day in days}
    assert count_visits(run) == count_visits(run, "path_daily") == expected
    utc_days = Counter(str(hit.created_at)[:10] for hit in hits)
    for stream in ("browsers", "toprefs"):
        for record in run.records[stream]:
            assert record["count"] == utc_days[record["day"]], stream
    assert run.log.count("time zone of the token's user") == (zone != ".UTC")


def make_hits_around_the_clock() -> list[Hit]:
    """Return a visitor in the middle of every half hour of a week, all on one path."""
    midnight = datetime.combine(get_day(8), datetime.min.time(), UTC)
    moments = [midnight + timedelta(minutes=15 + 30 * number) for number in range(2 * 24 * 8)]
    return [
        Hit("/a", session=str(number), created_at=format_time(moment))
        for number, moment in enumerate(moments)
    ]


def find_local_day(hit: Hit, zone: ZoneInfo, generation: Generation) -> date:
    """Return the day on which the server counts a hit: its hour's, by the zone's present offset.

    Where midnight cuts an hour in half, the older server counts it to the day that begins and the
    newer one to the day that ends.
    """
    hour = datetime.fromisoformat(str(hit.created_at)).replace(minute=0)
    offset = datetime.now(zone).utcoffset() or timedelta()
    if offset % timedelta(hours=1) and generation is Generation.V2_7:
        offset += timedelta(minutes=30)
    return (hour + offset).date()


def test_days_of_the_future_are_not_read_though_the_clock_here_is_ahead(
    newer: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = timedelta(days=400)
    monkeypatch.setattr(GoatCounterClient, "server_time", lambda _, now, **__: now - ahead)
    newer.add(make_view("/a", days_ago=405))
    run = newer.read("total_daily", "json_size_stats")
    assert list_days(run, "total_daily")[-1] == str(get_day(401))
    assert run.output.bookmark("total_daily", site_id=1) == str(get_day(401))


def test_the_list_of_a_window_with_a_day_left_out_is_an_error(newer: Sandbox) -> None:
    hours = [0] * 24
    response = {"total": 0, "stats": [{"day": str(get_day(3)), "hourly": hours, "daily": 0}]}
    newer.server.faults.add("GET", "/api/v0/stats/total", Answer(200, json.dumps(response)))
    run = newer.fail_to_read("total_daily", start_date=format_start(3))
    assert f"left {get_day(2)} out" in run.error


def test_days_that_are_null_are_not_taken_for_those_of_an_older_server(newer: Sandbox) -> None:
    response = Answer(200, '{"total": 3, "stats": null}')
    newer.server.faults.add("GET", "/api/v0/stats/total", response, times=None)
    run = newer.fail_to_read("total_daily", start_date=format_start(2))
    assert "$.stats" in run.error
    assert run.records["total_daily"] == []


def test_a_server_before_2_7_is_asked_day_by_day(newer: Sandbox) -> None:
    newer.server.faults.add("GET", "/api/v0/stats/total", Answer(200, '{"total":3}'), times=None)
    run = newer.read("total_daily", start_date=format_start(2))
    assert [(row["daily"], row["hourly"]) for row in run.records["total_daily"]] == [(3, None)] * 2


def test_visitors_of_a_path_without_days_are_not_passed_over(sandbox: Sandbox) -> None:
    row = {"path_id": 1, "path": "/", "title": "", "event": False, "count": 3, "stats": []}
    body = json.dumps({"hits": [row], "more": False})
    sandbox.server.faults.add("GET", "/api/v0/stats/hits", Answer(200, body), times=None)
    run = sandbox.fail_to_read("path_daily", start_date=format_start(2))
    assert "does not say on which days" in run.error
    assert run.output.bookmark("path_daily", site_id=1) is None


def test_an_end_before_the_first_visit_is_logged_once_for_all_streams(sandbox: Sandbox) -> None:
    sandbox.add(make_view("/a", days_ago=3))
    run = sandbox.read("total_daily", "path_daily", end_date=format_start(9))
    assert run.log.count("skipped, sites that begin after 'end_date'") == 1
    assert run.records["total_daily"] == []
