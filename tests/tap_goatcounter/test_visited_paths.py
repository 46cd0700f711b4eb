"""Pages that had visitors, when an address with all their ids is too long for a proxy."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from singer_tapkit.failures import LASTING_STATUS, TRANSIENT_STATUS
from tests.sandbox.faults import Answer, html_page
from tests.sandbox.goatcounter import Generation
from tests.tap_goatcounter.servers import get_day, make_view

if TYPE_CHECKING:
    from tests.sandbox.traffic import ReceivedRequest
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox

COUNT = 60
"""Pages on each of two days, spread over the hours."""


def add_views(sandbox: Sandbox) -> None:
    for number in range(2 * COUNT):
        at = f"{number % 24:02}:30:00"
        page = f"/{number:03}"
        sandbox.add(make_view(page, days_ago=1 + number % 2, session=str(number), at=at))
        if number % 3:
            sandbox.add(make_view(page, days_ago=1, session=f"late {number}", at=at))


def limit_addresses(sandbox: Sandbox, refusal: Answer, length: int = 200) -> None:
    """Put a proxy before a server that refuses longer queries."""

    def is_too_long(request: ReceivedRequest) -> bool:
        return len(request.raw_query) > length

    sandbox.disturb("/stats/hits", refusal, times=None, when=is_too_long)


def test_all_pages_of_a_day_come_with_all_their_visitors(
    open_sandbox: OpenSandbox, generation: Generation
) -> None:
    sandbox = open_sandbox(generation, api_max=8)
    add_views(sandbox)
    limit_addresses(sandbox, html_page(414, "URI Too Long"))
    run = sandbox.read("path_daily", "total_daily", "path_referrers")
    totals = {row["day"]: row["daily"] for row in run.records["total_daily"] if row["daily"]}
    for stream, count in (("path_daily", "daily"), ("path_referrers", "count")):
        rows = dict(zip(run.output.keys(stream), run.records[stream], strict=True)).values()
        found = Counter[str]()
        for row in rows:
            found[row["day"]] += row[count]
        assert found == totals, stream
    assert set(totals) == {str(get_day(1)), str(get_day(2))}


def test_the_list_of_paths_is_completed_all_the_same(open_sandbox: OpenSandbox) -> None:
    sandbox = open_sandbox(Generation.MAIN, api_max=8)
    add_views(sandbox)
    limit_addresses(sandbox, html_page(414, "URI Too Long"))
    found = sandbox.read("paths").records["paths"]
    assert len({path["id"] for path in found}) == len(found) == 2 * COUNT


def test_an_hour_that_is_too_long_is_an_error_with_a_bookmark_before_it(
    open_sandbox: OpenSandbox,
) -> None:
    sandbox = open_sandbox(Generation.MAIN, api_max=8)
    sandbox.add(*(make_view(f"/{number}", days_ago=2, session=str(number)) for number in range(50)))
    limit_addresses(sandbox, html_page(414, "URI Too Long"), length=90)
    run = sandbox.fail_to_read("path_daily", start_date=f"{get_day(3)}T00:00:00Z")
    assert "/api/v0/stats/hits answered 414" in run.error
    assert run.exit_code == LASTING_STATUS
    assert run.output.bookmark("path_daily", site_id=1) == str(get_day(3))


def test_a_server_too_slow_even_for_an_hour_may_be_faster_later(newer: Sandbox) -> None:
    newer.add(make_view("/a", days_ago=1))
    timeout = Answer(504, '{"error":"server timed out loading data"}')
    newer.disturb("/stats/hits", timeout, times=None)
    run = newer.fail_to_read("path_daily", start_date=f"{get_day(1)}T00:00:00Z")
    assert "even for a single day: try again" in run.error
    assert run.exit_code == TRANSIENT_STATUS
