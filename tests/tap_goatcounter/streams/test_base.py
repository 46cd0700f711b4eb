"""What holds for all streams: sites that stay alone, keys, unknown fields, bookmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import Generation
from tests.tap_goatcounter.exports import build_state
from tests.tap_goatcounter.servers import get_day, make_view

if TYPE_CHECKING:
    from singer_tapkit.testing import TapRun
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox, Server

STREAMS = ("hits", "paths", "total_daily")
FIELD = {"id": 1, "path": "/a", "title": "A", "event": False, "colour": "red"}


@pytest.fixture
def family(newer: Sandbox) -> Sandbox:
    """Return a server with three sites of one account and a page view on each."""
    for number in (2, 3):
        newer.server.add_site(f"{number}.example.com", parent=1, code=f"code{number}")
    for site_id in (1, 2, 3):
        newer.server.add_hits(site_id, [make_view(f"/of-{site_id}")])
    return newer


def list_pages(run: TapRun, stream: str = "hits") -> set[tuple[int, str]]:
    """Return which paths were read of which sites."""
    return {(record["site_id"], record["path"]) for record in run.records[stream]}


def test_all_sites_of_the_account_are_read_if_set(family: Sandbox) -> None:
    run = family.read(*STREAMS, "sites", child_sites=True)
    everything = {(1, "/of-1"), (2, "/of-2"), (3, "/of-3")}
    assert list_pages(run) == list_pages(run, "paths") == everything
    assert [site["id"] for site in run.records["sites"]] == [1, 2, 3]
    for site_id in (1, 2, 3):
        assert run.output.bookmark("hits", site_id=site_id) == site_id
        assert run.output.bookmark("total_daily", site_id=site_id) == str(get_day(1))


def test_sites_of_both_generations_are_read_in_one_run_and_a_broken_one_fails_alone(
    open_sandbox: OpenSandbox,
) -> None:
    first, second = (open_sandbox(generation) for generation in Generation)
    second.server.add_site("second.example.com", code="second")
    second.server._state.sites.pop(0)  # noqa: SLF001 - to have another id
    first.add(make_view("/of-1"))
    second.server.add_hits(2, [make_view("/of-2")])
    other = {"site_url": second.url, "token": second.server.add_token(account=2)}
    nowhere = {"site_url": "http://127.0.0.1:9", "token": "t"}
    run = first.read(*STREAMS, sites=[other])
    assert list_pages(run) == {(1, "/of-1"), (2, "/of-2")}
    run = first.fail_to_read(*STREAMS, sites=[nowhere, other], max_retries=0)
    assert list_pages(run) == list_pages(run, "paths") == {(1, "/of-1"), (2, "/of-2")}
    assert "1 part(s) of the sync failed" in run.error
    assert "http://127.0.0.1:9" in run.error.splitlines()[-1]


@pytest.mark.parametrize(
    "response", [Answer(401, '{"error":"no"}'), Answer(200, '{"total":1,"stats":7}')], ids=str
)
def test_a_stream_that_fails_for_one_site_goes_on_with_the_others(
    family: Sandbox, response: Answer
) -> None:
    family.disturb(
        "/stats/total", response, times=None, when=lambda request: request.host == "2.example.com"
    )
    run = family.fail_to_read(*STREAMS, child_sites=True)
    bookmarks = {site: run.output.bookmark("total_daily", site_id=site) for site in (1, 2, 3)}
    assert bookmarks == {1: str(get_day(1)), 2: None, 3: str(get_day(1))}
    assert list_pages(run) == {(1, "/of-1"), (2, "/of-2"), (3, "/of-3")}
    assert run.error.splitlines()[-1].startswith("total_daily of site 2 at")


def test_when_no_site_can_be_read_the_run_fails_without_a_record(newer: Sandbox) -> None:
    run = newer.fail_to_read(*STREAMS, token="unknown")  # noqa: S106
    assert not any(run.records.values())
    assert "'token'" in run.error


def test_any_number_of_sites_may_fail_before_one_that_does_not(family: Sandbox) -> None:
    for number in range(4, 8):
        family.server.add_site(f"{number}.example.com", parent=1, code=f"code{number}")
    family.disturb("/paths", Answer(400, '{"error":"no"}'), times=6)
    family.server.add_hits(7, [make_view("/of-7")])
    run = family.fail_to_read("paths", child_sites=True)
    assert list_pages(run, "paths") == {(7, "/of-7")}
    assert "6 part(s) of the sync failed" in run.error


def test_a_permission_that_is_missing_fails_its_streams_alone_and_is_named(
    open_sandbox: OpenSandbox,
) -> None:
    sandbox = open_sandbox(Generation.MAIN, permissions=8 + 64)
    sandbox.add(make_view("/a"))
    run = sandbox.fail_to_read(*STREAMS)
    assert (run.records["hits"], len(run.records["paths"])) == ([], 1)
    assert "lacks the permission 'export'" in run.error
    assert sandbox.received("POST", "/export") == []


@pytest.mark.parametrize(("setting", "name"), [({}, ""), ({"empty_key_text": "(none)"}, "(none)")])
def test_a_setting_replaces_empty_keys(server: Server, setting: dict[str, str], name: str) -> None:
    server.send([make_view("/", days_ago=1, session="one", user_agent="")])
    records = server.read("browsers", "toprefs", **setting).records
    assert [record["name"] for record in records["browsers"]] == [name]
    assert [record["name"] for record in records["toprefs"]] == [name]


def test_a_catalog_may_have_keys_that_no_record_has(newer: Sandbox) -> None:
    newer.add(make_view("/", days_ago=1, user_agent=""))
    catalog = newer.discover("browsers", key_properties=["day", "name", "device"])
    run = newer.read("browsers", catalog=catalog, empty_key_text="(none)")
    assert b'"name":"(none)"' in run.stdout


def test_unknown_fields_are_kept_if_set(newer: Sandbox) -> None:
    newer.disturb("/paths", {"paths": [FIELD], "more": False})
    newer.add(make_view("/a"))
    run = newer.read("paths", "sites", "hits", unknown_fields="keep")
    assert run.records["paths"][0]["unknown_fields"] == {"colour": "red"}
    assert run.records["sites"][0]["unknown_fields"] is None
    assert len(run.records["hits"]) == 1


@pytest.mark.parametrize(
    ("stream", "bookmark"),
    [
        *(("total_daily", value) for value in (str(get_day(-400)), "", "soon", 7, "2026-02-30")),
        *(("browsers", [1]), ("json_size_stats", [1])),
    ],
)
def test_a_bookmark_that_is_no_day_of_the_past_is_logged_and_starts_anew(
    newer: Sandbox, stream: str, bookmark: object
) -> None:
    newer.add(make_view("/a", days_ago=5))
    run = newer.read(stream, "paths", state=build_state(bookmark, stream))
    assert str(get_day(5)) in {record["day"] for record in run.records[stream]}
    assert repr(bookmark) in run.log
    assert run.records["paths"]
    assert run.output.bookmark(stream, site_id=1) <= str(get_day(0))


def test_a_bookmark_of_long_ago_begins_with_the_first_day(newer: Sandbox) -> None:
    newer.add(make_view("/a", days_ago=5))
    state = build_state("0001-01-01", "total_daily")
    run = newer.read("total_daily", state=state, stats_lookback_days=10**10)
    assert run.records["total_daily"][0]["day"] <= str(get_day(5))
    assert len(run.records["total_daily"]) <= 6
