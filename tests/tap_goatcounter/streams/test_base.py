"""Several sites: each for itself, and one that fails fails alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, Reset
from tests.sandbox.goatcounter import Generation
from tests.tap_goatcounter.servers import day, view

if TYPE_CHECKING:
    from tests.command_line import Run
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox

STREAMS = ("hits", "paths", "total_daily")
NOBODYS = "a-token-of-nobody"


@pytest.fixture
def family(sandbox: Sandbox) -> Sandbox:
    """A server with three sites of one account and a page view on each."""
    for number in (2, 3):
        sandbox.server.add_site(f"{number}.example.com", parent=1, code=f"code{number}")
    for site_id in (1, 2, 3):
        sandbox.server.add_hits(site_id, [view(f"/of-{site_id}")])
    return sandbox


def pages_of(run: Run, stream: str = "hits") -> set[tuple[int, str]]:
    """Which paths were read of which sites."""
    return {(record["site_id"], record["path"]) for record in run.records[stream]}


def two(open_sandbox: OpenSandbox, **settings: Any) -> tuple[Sandbox, Sandbox, dict[str, Any]]:
    """Two servers, each with a site, and the settings for both."""
    first, second = (open_sandbox(generation) for generation in Generation)
    second.server.add_site("second.example.com", code="second")
    second.server._state.accounts.sites.pop(0)  # noqa: SLF001 - to have another id
    first.add(view("/of-1"))
    second.server.add_hits(2, [view("/of-2")])
    token = second.server.add_token(account=2)
    config = first.settings(**settings)
    del config["site_url"], config["token"]
    config["sites"] = [
        {"site_url": first.url, "token": first.token},
        {"site_url": second.url, "token": token},
    ]
    return first, second, config


def test_by_default_only_the_addressed_site_is_read(family: Sandbox, tap: TapInProcess) -> None:
    run = tap.succeed(family.settings(), *STREAMS, "sites")
    assert pages_of(run) == {(1, "/of-1")}
    assert [site["id"] for site in run.records["sites"]] == [1, 2, 3]


def test_all_sites_of_the_account_are_read_when_told_to(family: Sandbox, tap: TapInProcess) -> None:
    run = tap.succeed(family.settings(child_sites=True), *STREAMS, "sites")
    everything = {(1, "/of-1"), (2, "/of-2"), (3, "/of-3")}
    assert pages_of(run) == pages_of(run, "paths") == everything
    assert [site["id"] for site in run.records["sites"]] == [1, 2, 3]
    for site_id, last_hit in ((1, 1), (2, 2), (3, 3)):
        assert run.output.bookmark("hits", site_id=site_id) == last_hit
        assert run.output.bookmark("total_daily", site_id=site_id) == str(day(1))


def test_sites_on_several_servers_of_both_generations_are_read_in_one_run(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    _, _, settings = two(open_sandbox)
    run = tap.succeed(settings, *STREAMS)
    assert pages_of(run) == {(1, "/of-1"), (2, "/of-2")}


def test_each_token_goes_only_to_its_own_server(open_sandbox: OpenSandbox, tap: TapInProcess) -> None:
    first, second, settings = two(open_sandbox)
    tap.succeed(settings, *STREAMS)
    for sandbox, entry in zip((first, second), settings["sites"], strict=True):
        seen = {
            request.headers.get("authorization")
            for request in sandbox.server.requests
            if request.path.startswith("/api/")
        }
        assert seen == {f"Bearer {entry['token']}"}


def test_the_one_site_of_the_usual_settings_and_the_list_go_together(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    _, _, settings = two(open_sandbox)
    first, second = settings["sites"]
    run = tap.succeed({**settings, **first, "sites": [second]}, "paths")
    assert pages_of(run, "paths") == {(1, "/of-1"), (2, "/of-2")}


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("trouble", ["bad token", "unreachable", "no permission", "no site"])
def test_one_site_that_cannot_be_read_does_not_keep_the_other_from_it(
    open_sandbox: OpenSandbox, tap: TapInProcess, trouble: str, position: int
) -> None:
    first, second, settings = two(open_sandbox, max_retries=0)
    entry, broken = settings["sites"][position], (first, second)[position]
    if trouble == "bad token":
        entry["token"] = NOBODYS
    elif trouble == "unreachable":
        entry["site_url"] = "http://127.0.0.1:9"
    elif trouble == "no permission":
        entry["token"] = broken.server.add_token(4, account=position + 1)
    else:
        broken.server.faults.add("GET", "/api/*", Answer(400, '{"error":"no site at this domain"}'))
    run = tap.fail(settings, *STREAMS)
    good = 2 - position
    assert pages_of(run) == pages_of(run, "paths") == {(good, f"/of-{good}")}
    assert run.output.bookmark("hits", site_id=good) == 1
    assert run.log.count("part(s) of the sync failed") == 1
    assert "1 part(s) of the sync failed" in run.log
    assert entry["site_url"] in run.log.splitlines()[-1]


def test_when_no_site_can_be_read_the_run_fails_without_a_record(newer: Sandbox, tap: TapInProcess) -> None:
    run = tap.fail(newer.settings(token=NOBODYS))
    assert not any(run.records.values())
    assert "Check the setting 'token'" in run.log


def test_a_stream_that_fails_for_one_site_keeps_the_state_of_the_others(
    family: Sandbox, tap: TapInProcess
) -> None:
    trouble = Answer(400, '{"error":"no such thing"}')
    family.server.faults.add(
        *("GET", "/api/v0/stats/total", trouble),
        times=None,
        when=lambda request: request.host == "2.example.com",
    )
    run = tap.fail(family.settings(child_sites=True), *STREAMS)
    bookmarks = {site: run.output.bookmark("total_daily", site_id=site) for site in (1, 2, 3)}
    assert bookmarks == {1: str(day(1)), 2: None, 3: str(day(1))}
    assert pages_of(run) == {(1, "/of-1"), (2, "/of-2"), (3, "/of-3")}
    assert "no such thing" in run.log
    assert "site 2 at" in run.log.splitlines()[-1]


def test_an_answer_of_another_shape_fails_alone_and_in_words(family: Sandbox, tap: TapInProcess) -> None:
    for body in ("{}", "[]", "null", '{"stats": 7}'):
        family.server.faults.add(
            *("GET", "/api/v0/stats/total", Answer(200, body)),
            when=lambda request: request.host == "2.example.com",
        )
        run = tap.fail(family.settings(child_sites=True), *STREAMS)
        assert pages_of(run, "paths") == {(1, "/of-1"), (2, "/of-2"), (3, "/of-3")}
        assert run.output.bookmark("total_daily", site_id=3) == str(day(1))
        assert run.log.splitlines()[-1].startswith("- total_daily of site 2"), body


def test_a_permission_that_is_missing_fails_its_streams_alone_and_is_named(
    open_sandbox: OpenSandbox, generation: Generation, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(generation, permissions=8 + 64)
    sandbox.add(view("/a"))
    run = tap.fail(sandbox.settings(), *STREAMS)
    assert run.records["hits"] == []
    assert len(run.records["paths"]) == 1
    assert "lacks the permission 'export'" in run.log
    assert sandbox.received("POST", "/export") == []


def test_two_servers_whose_sites_have_the_same_id_are_refused(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    first, second = (open_sandbox(generation) for generation in Generation)
    second.site.code = "another"
    first.add(view("/first"))
    second.add(view("/second"))
    settings = first.settings(sites=[{"site_url": second.url, "token": second.token}])
    run = tap.fail(settings, *STREAMS)
    assert "has the same id as" in run.log
    assert "run the tap for each server by itself" in run.log
    assert pages_of(run) == {(1, "/first")}


def test_the_same_site_named_twice_is_read_once(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"))
    again = {"site_url": f"{newer.url}/", "token": newer.token}
    run = tap.succeed(newer.settings(sites=[again]), "hits", "paths", "sites")
    assert {stream: len(records) for stream, records in run.records.items()} == dict.fromkeys(
        ("hits", "paths", "sites"), 1
    )


def test_a_connection_that_breaks_is_tried_again(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("GET", "/api/v0/paths", Reset())
    assert len(tap.succeed(newer.settings(), "paths").records["paths"]) == 1


def test_every_record_of_every_stream_says_whose_site_it_is(family: Sandbox, tap: TapInProcess) -> None:
    catalog = json.loads(tap.run_with("--discover").stdout)
    streams = {stream["tap_stream_id"] for stream in catalog["streams"]}
    if not family.exports_json:
        streams = {stream for stream in streams if not stream.startswith("json_")}
    run = tap.succeed(family.settings(child_sites=True, start_date=f"{day(2)}T00:00:00Z"), *streams)
    for stream, records in run.records.items():
        assert {record["site_id"] for record in records} <= {1, 2, 3}, stream
    assert {site["site_id"] for site in run.records["sites"]} == {1, 2, 3}


def test_a_site_is_shown_without_its_secret_and_with_its_lists_as_lists(
    newer: Sandbox, tap: TapInProcess
) -> None:
    (site,) = tap.succeed(newer.settings(), "sites").records["sites"]
    assert "secret" not in site["settings"]
    assert "setttings" not in site
    assert site["settings"]["collect_regions"] == ["US", "RU", "CN"]
    assert site["settings"]["ignore_ips"] == []
    assert site["settings"]["collect"] == 510
    assert site["user_defaults"]["timezone"] == ".UTC"


def test_a_site_that_is_no_longer_set_does_no_harm_in_the_state(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"))
    state = tap.succeed(newer.settings(), *STREAMS).output.state
    for stream in state["bookmarks"].values():
        stream["partitions"].append(
            {
                "context": {"site_id": 99},
                "replication_key": "day",
                "replication_key_value": "2020-01-01",
                "export": {"id": 1, "asked_at": "2020-01-01T00:00:00Z", "body": {}},
            }
        )
    run = tap.succeed(newer.settings(), *STREAMS, state=state)
    assert run.records["hits"] == []
    assert run.output.bookmark("total_daily", site_id=99) == "2020-01-01"


def test_a_state_with_keys_that_nobody_knows_loads(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"), view("/b"))
    state = {
        "bookmarks": {
            "hits": {
                "partitions": [
                    {
                        "context": {"site_id": 1},
                        "replication_key": "export_last_hit_id",
                        "replication_key_value": 1,
                        "export": {"number": 3, "since": "yesterday"},
                        "from_the_future": {"a": [1]},
                    }
                ],
                "more": True,
            },
            "a_stream_of_old": {"replication_key_value": "x"},
        },
        "version": 7,
    }
    run = tap.succeed(newer.settings(), "hits", state=state)
    assert [hit["path"] for hit in run.records["hits"]] == ["/b"]
