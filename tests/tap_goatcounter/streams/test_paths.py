"""Both generations of the server, without the user having to know which one answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.faults import Answer, html_page
from tests.sandbox.goatcounter import Generation
from tests.tap_goatcounter.servers import Sandbox, view

if TYPE_CHECKING:
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.conftest import OpenSandbox

V2_7, MAIN = Generation.V2_7, Generation.MAIN


def export_bodies(sandbox: Sandbox) -> list[dict[str, object]]:
    """The bodies of the requests for an export."""
    return [json.loads(request.body) for request in sandbox.received("POST", "/export")]


def probes(sandbox: Sandbox) -> int:
    """How often a parameter was tried out that only newer servers know."""
    return sum("group" in request.query for request in sandbox.received("GET", "/stats/hits"))


@pytest.mark.parametrize(
    ("generation", "version", "probed"),
    [
        (V2_7, "v2.7.0", False),
        (V2_7, "v2.4.1", False),
        (V2_7, "0123456789ab_2026-04-24T23:59:59Z", False),
        (V2_7, "dev", True),
        (V2_7, "", True),
        (V2_7, "2.7.0-1.fc42", True),
        (MAIN, "v2.8.0", False),
        (MAIN, "v3.0.0-rc1", False),
        (MAIN, "v2.10.0", False),
        (MAIN, "0123456789ab_2026-04-25T00:00:00Z", False),
        (MAIN, "dev", True),
        (MAIN, "HEAD", True),
        (MAIN, "unknown", True),
    ],
)
def test_the_version_decides_on_the_format_and_a_harmless_request_where_it_does_not_tell(
    open_sandbox: OpenSandbox, tap: TapInProcess, generation: Generation, version: str, *, probed: bool
) -> None:
    sandbox = open_sandbox(generation, version=version or "?")
    sandbox.add(view("/a"))
    assert len(tap.succeed(sandbox.settings(), "hits").records["hits"]) == 1
    format_ = {"format": "csv"} if generation is MAIN else {}
    assert export_bodies(sandbox) == [{"start_from_hit_id": 0, **format_}]
    assert probes(sandbox) == probed


@pytest.mark.parametrize("version", [None, 7, ["v2.8.0"]])
def test_a_version_of_another_shape_is_as_good_as_none(
    newer: Sandbox, tap: TapInProcess, version: object
) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("GET", "/status", Answer(200, json.dumps({"version": version})))
    assert len(tap.succeed(newer.settings(), "hits").records["hits"]) == 1


@pytest.mark.parametrize(
    "answer",
    [
        html_page(403, "Forbidden"),
        html_page(200, "Welcome"),
        Answer(200, "[]"),
        Answer(200, "{}"),
        Answer(301, headers={"Location": "/login"}),
        html_page(502, "Bad Gateway"),
    ],
    ids=["forbidden", "another page", "a list", "no version", "redirect", "bad gateway"],
)
def test_a_version_out_of_reach_is_as_good_as_none(
    sandbox: Sandbox, tap: TapInProcess, answer: Answer
) -> None:
    sandbox.add(view("/a"))
    sandbox.server.faults.add("GET", "/status", answer, times=None)
    assert len(tap.succeed(sandbox.settings(), "hits").records["hits"]) == 1


def test_behind_a_path_prefix_everything_works_the_same(
    open_sandbox: OpenSandbox, generation: Generation, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(generation, base_path="/stats")
    sandbox.add(view("/a"))
    assert sandbox.url.endswith("/stats")
    run = tap.succeed(sandbox.settings())
    assert len(run.records["hits"]) == 1
    assert [path["path"] for path in run.records["paths"]] == ["/a"]


def test_without_the_permission_for_statistics_an_unknown_version_counts_as_an_older_one(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(V2_7, version="dev", permissions=4 + 8)
    sandbox.add(view("/a"))
    assert len(tap.succeed(sandbox.settings(), "hits").records["hits"]) == 1
    assert probes(sandbox) == 0


def test_a_token_that_was_not_used_for_a_day_does_not_cost_the_export(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    sandbox.add(view("/a"))
    sandbox.server.rest_token(sandbox.token)
    run = tap.succeed(sandbox.settings())
    assert len(run.records["hits"]) == 1
    assert len(export_bodies(sandbox)) == 1
    refused = {MAIN: 1, V2_7: 0}[sandbox.server.generation]
    assert [request.status for request in sandbox.server.requests].count(404) == refused


def test_an_address_where_there_is_nothing_is_told_from_a_token_not_used_for_a_day(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    settings = sandbox.settings(site_url=f"{sandbox.url}/elsewhere")
    run = tap.fail(settings, "hits")
    assert "Check that 'site_url' is the address" in run.log
    assert len(sandbox.server.requests) <= 3


@pytest.mark.parametrize("generation", list(Generation))
@pytest.mark.parametrize("limit", [None, 3, 100])
def test_no_path_is_lost_however_many_there_are_and_however_they_are_sorted(
    open_sandbox: OpenSandbox, tap: TapInProcess, generation: Generation, limit: int | None
) -> None:
    sandbox = open_sandbox(generation, api_max=limit)
    total = 30 if limit == 3 else 450
    texts = [f"/{(number * 7919) % 1000:03}" for number in range(total)]
    sandbox.add(*(view(text, session=text, title=f"Title of {text}") for text in texts))
    found = tap.succeed(sandbox.settings(), "paths").records["paths"]
    assert sorted(path["path"] for path in found) == sorted(texts)
    assert len({path["id"] for path in found}) == total
    assert all(path["title"] == f"Title of {path['path']}" for path in found)


def test_no_path_is_lost_when_the_ids_ascend_by_chance_on_the_first_page(
    newer: Sandbox, tap: TapInProcess
) -> None:
    texts = [f"/{number:03}" for number in range(100, 300)] + ["/zz", "/000", "/150-late"]
    newer.add(*(view(text, session=text) for text in texts))
    found = tap.succeed(newer.settings(), "paths").records["paths"]
    assert sorted(path["path"] for path in found) == sorted(texts)


def test_gaps_in_the_list_of_paths_are_told_and_filled_with_events_too(
    newer: Sandbox, tap: TapInProcess
) -> None:
    hits = [view(f"/{number:03}", session=str(number)) for number in reversed(range(250))]
    newer.add(*hits, *(view(f"event-{number}", event=True) for number in range(5)))
    run = tap.succeed(newer.settings(), "paths")
    assert "sorts them so that the next pages have gaps" in run.log
    events = [path["path"] for path in run.records["paths"] if path["event"]]
    assert sorted(events) == [f"event-{number}" for number in range(5)]


def test_a_list_of_paths_that_fits_on_one_page_is_asked_for_once(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    sandbox.add(*(view(f"/{number}", session=str(number)) for number in reversed(range(200))))
    run = tap.succeed(sandbox.settings(), "paths")
    assert len(run.records["paths"]) == 200
    assert len(sandbox.received("GET", "/paths")) == 1
    assert "WARNING" not in run.log


def test_filling_gaps_survives_the_time_limit_of_queries(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(MAIN, query_days_limit=40)
    hits = [
        view(f"/{number:03}", session=str(number), days_ago=1 + number % 200)
        for number in reversed(range(300))
    ]
    sandbox.add(*hits)
    found = tap.succeed(sandbox.settings(), "paths").records["paths"]
    assert len(found) == 300
