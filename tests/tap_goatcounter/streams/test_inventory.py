"""The sites of an account, and the paths of each, which newer servers list with gaps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import Generation
from tests.tap_goatcounter.responses import build_site
from tests.tap_goatcounter.servers import make_view

if TYPE_CHECKING:
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox


def test_a_site_is_shown_without_its_secret_and_with_its_lists_as_lists(newer: Sandbox) -> None:
    (site,) = newer.read("sites").records["sites"]
    assert site["site_id"] == site["id"] == newer.site_id
    assert "secret" not in site["settings"]
    assert "setttings" not in site
    assert site["settings"]["collect_regions"] == ["US", "RU", "CN"]
    assert site["settings"]["ignore_ips"] == []
    assert site["settings"]["collect"] == 510
    assert site["user_defaults"]["timezone"] == ".UTC"


def test_a_site_that_is_set_twice_comes_once(newer: Sandbox) -> None:
    newer.add(make_view("/a"))
    again = {"site_url": f"{newer.url}/", "token": newer.token}
    run = newer.read("hits", "paths", "sites", sites=[again])
    counts = {stream: len(records) for stream, records in run.records.items()}
    assert counts == {"hits": 1, "paths": 1, "sites": 1}


@pytest.mark.parametrize("change", [{"ignore_ips": None}, {"collect_regions": ["US"]}])
def test_a_list_in_another_form_fails_alone(newer: Sandbox, change: dict[str, Any]) -> None:
    newer.add(make_view("/a"))
    settings = {"collect": 510, "ignore_ips": "", "collect_regions": "", "allow_embed": ""}
    body = json.dumps({"sites": [build_site(setttings={**settings, **change})]})
    newer.server.faults.add("GET", "/api/v0/sites", Answer(200, body), times=None)
    run = newer.fail_to_read("sites", "paths")
    assert f"setttings.{next(iter(change))}" in run.error
    assert len(run.records["paths"]) == 1


@pytest.mark.parametrize("generation", list(Generation))
@pytest.mark.parametrize("limit", [None, 3, 100])
def test_no_path_is_lost_however_many_there_are_and_however_they_are_sorted(
    open_sandbox: OpenSandbox, generation: Generation, limit: int | None
) -> None:
    sandbox = open_sandbox(generation, api_max=limit)
    total = 30 if limit == 3 else 450
    texts = [f"/{(number * 7919) % 1000:03}" for number in range(total)]
    sandbox.add(*(make_view(text, session=text, title=f"Title of {text}") for text in texts))
    found = sandbox.read("paths").records["paths"]
    assert sorted(path["path"] for path in found) == sorted(texts)
    assert len({path["id"] for path in found}) == total
    assert all(path["title"] == f"Title of {path['path']}" for path in found)


def test_gaps_in_the_list_of_paths_are_logged_and_filled_with_events_too(newer: Sandbox) -> None:
    hits = [make_view(f"/{number:03}", session=str(number)) for number in reversed(range(250))]
    newer.add(*hits, *(make_view(f"event-{number}", event=True) for number in range(5)))
    run = newer.read("paths")
    assert "sorts them so that the next pages have gaps" in run.log
    events = [path["path"] for path in run.records["paths"] if path["event"]]
    assert sorted(events) == [f"event-{number}" for number in range(5)]


def test_filling_gaps_survives_the_time_limit_of_queries(open_sandbox: OpenSandbox) -> None:
    sandbox = open_sandbox(Generation.MAIN, query_days_limit=40)
    hits = [
        make_view(f"/{number:03}", session=str(number), days_ago=1 + number % 200)
        for number in reversed(range(300))
    ]
    sandbox.add(*hits)
    found = sandbox.read("paths").records["paths"]
    assert len(found) == 300
