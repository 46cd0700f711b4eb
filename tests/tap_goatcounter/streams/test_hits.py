"""The stream `hits`: every stored page view, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.tap_goatcounter.exports import (
    ROW,
    build_state,
    count_exports,
    get_bookmark,
    get_checkpoint,
    write_csv,
)
from tests.tap_goatcounter.servers import get_day, make_view

if TYPE_CHECKING:
    from tests.sandbox.goatcounter import Generation
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox, Server

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TITLES = (
    "plain",
    'Prices, plans and "extras"',
    "two\r\nlines",
    "Ümläut, 日本語, 🐐, \u2028",
    "NUL \x00 inside",
    " back\\slash ",
    "x" * 10_000,
    "",
)
TIME = re.compile(rb'"time_extracted":"[^"]+"|"export_id":[0-9]+')
IDENTITY = {"stream_maps": {"hits": {"path": "path"}}}


def test_every_page_view_becomes_one_record_in_the_order_of_storing(server: Server) -> None:
    server.send(
        [
            make_view("/b", session="ada", at="10:00:00", title="B"),
            make_view("/a", session="ada", at="11:00:00", title="A", location="DE"),
            make_view("/a", session="ada", at="11:05:00", title="A"),
            make_view("signup", session="bob", at="09:00:00", event=True),
        ]
    )
    found = server.read("hits").records["hits"]
    assert [
        (hit["path"], hit["title"], hit["event"], hit["location"], hit["first_visit"], hit["date"])
        for hit in found
    ] == [
        ("/b", "B", False, "", True, f"{get_day(2)}T10:00:00Z"),
        ("/a", "A", False, "DE", True, f"{get_day(2)}T11:00:00Z"),
        ("/a", "A", False, "", False, f"{get_day(2)}T11:05:00Z"),
        ("signup", "", True, "", True, f"{get_day(2)}T09:00:00Z"),
    ]
    assert found[0]["session"] == found[1]["session"] == found[2]["session"]
    assert found[3]["session"] != found[0]["session"]


def test_a_record_holds_everything_that_the_export_says_of_a_page_view(server: Server) -> None:
    server.send(
        [
            make_view(
                "/lp",
                title="Landing",
                location="US-TX",
                size="1920",
                query="utm_source=newsletter&utm_campaign=autumn",
                user_agent=FIREFOX,
            )
        ]
    )
    (hit,) = server.read("hits").records["hits"]
    assert hit["session"].count("-") == 1
    del hit["session"], hit["export_id"], hit["export_last_hit_id"]
    assert hit == {
        "site_id": server.site_id,
        "export_cursor": 0,
        "row_number": 1,
        "path": "/lp",
        "title": "Landing",
        "event": False,
        "user_agent": "",
        "browser": "Firefox 140",
        "system": "Linux",
        "bot": 0,
        "referrer": "newsletter",
        "referrer_scheme": "c",
        "screen_size": "1920,0,1",
        "location": "US-TX",
        "first_visit": True,
        "date": f"{get_day(2)}T12:00:00Z",
    }


def test_later_runs_bring_only_what_was_stored_since(server: Server) -> None:
    server.send([make_view("/first"), make_view("/second")])
    first = server.read("hits")
    second = server.read("hits", state=first.state)
    assert (second.records["hits"], second.state) == ([], first.state)
    late = make_view("/fourth", days_ago=300)
    server.send([make_view("/third", days_ago=0, at="00:00:00"), late])
    third = server.read("hits", state=second.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/third", "/fourth"]


def test_where_page_views_are_not_stored_one_warning_names_the_switch(
    open_sandbox: OpenSandbox, generation: Generation
) -> None:
    sandbox = open_sandbox(generation, collect=190)
    sandbox.add(make_view("/a"), make_view("/b"))
    run = sandbox.read("hits")
    assert run.records["hits"] == []
    warnings = [line for line in run.log.splitlines() if line.startswith("WARNING")]
    assert len(warnings) == 1
    assert "Individual pageviews" in warnings[0]
    assert sandbox.url in warnings[0]


def test_a_start_date_does_not_get_in_the_way(newer: Sandbox) -> None:
    newer.add(make_view("/a", days_ago=9))
    settings: dict[str, Any] = {"start_date": f"{get_day(2)}T00:00:00Z"}
    first = newer.read("hits", **settings)
    newer.add(make_view("/b"))
    second = newer.read("hits", state=first.state, **settings)
    paths = [hit["path"] for hit in first.records["hits"] + second.records["hits"]]
    assert paths == ["/a", "/b"]


def describe_export(**changed: Any) -> dict[str, Any]:
    """Return what a server says of an export of two rows after hit 10."""
    return {
        "id": 1,
        "format": "csv",
        "start_from_hit_id": 10,
        "last_hit_id": 12,
        "num_rows": 2,
        "finished_at": f"{get_day(0)}T00:00:00Z",
        "error": None,
        **changed,
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"last_hit_id": 10**9}, "otherwise when it is asked again"),
        ({"start_from_hit_id": 2}, "which cannot be"),
        *(
            ({"num_rows": rows, "last_hit_id": last_hit_id}, words)
            for rows, last_hit_id, words in [
                *((rows, 12, "which cannot be") for rows in (None, 0)),
                *((2, last, "which cannot be") for last in (None, 0, 11)),
                *((2, last, "last_hit_id") for last in ("many", 2**63)),
            ]
        ),
    ],
    ids=str,
)
def test_an_export_that_cannot_be_right_moves_no_bookmark(
    newer: Sandbox, changed: dict[str, Any], words: str
) -> None:
    newer.server.next_export.csv = write_csv(ROW, ROW).encode()
    newer.server.next_export.rows = 2
    newer.server.next_export.last_hit_id = 12
    newer.disturb("/export/1", describe_export(**changed), times=1)
    run = newer.fail_to_read("hits", state=build_state(10))
    assert words in run.error
    assert run.records["hits"] == []
    assert (get_bookmark(run), get_checkpoint(run)) == (10, 1)


def test_an_export_with_a_bad_file_is_not_taken_up_again(newer: Sandbox) -> None:
    newer.add(make_view("/a"))
    newer.server.next_export.csv = write_csv(ROW, "cut").encode()
    newer.server.next_export.rows = 2
    newer.server.next_export.last_hit_id = 12
    first = newer.fail_to_read("hits", state=build_state(0))
    assert (get_bookmark(first), get_checkpoint(first)) == (0, None)
    second = newer.read("hits", state=first.state)
    assert [hit["path"] for hit in second.records["hits"]] == ["/a"]


@pytest.mark.parametrize("bookmark", ["7", -1, True])
def test_a_bookmark_that_is_no_hit_id_is_an_error_and_costs_no_export(
    newer: Sandbox, bookmark: Any
) -> None:
    newer.add(make_view("/a"))
    run = newer.fail_to_read("hits", "paths", state=build_state(bookmark))
    assert repr(bookmark) in run.error
    assert newer.received("POST", "/export") == []
    assert len(run.records["paths"]) == 1


@pytest.mark.parametrize("bookmark", [10**9, 0])
def test_a_bookmark_at_which_its_export_did_not_end_is_an_error_and_costs_no_export(
    newer: Sandbox, bookmark: int
) -> None:
    newer.add(make_view("/a"))
    state = newer.read("hits").state
    (partition,) = state["bookmarks"]["hits"]["partitions"]
    partition["replication_key_value"] = bookmark
    newer.add(make_view("/b"))
    second = newer.fail_to_read("hits", "paths", state=state)
    assert "counts hits anew, or the state is damaged" in second.error
    assert get_bookmark(second) == bookmark
    assert count_exports(newer) == 1
    assert len(second.records["paths"]) == 2


@pytest.mark.parametrize("export_id", [77, "1", -1])
def test_a_bookmark_of_an_export_that_the_server_does_not_know_is_a_warning(
    newer: Sandbox, export_id: object
) -> None:
    newer.add(make_view("/a"))
    state = newer.read("hits").state
    state["bookmarks"]["hits"]["partitions"][0]["export_id"] = export_id
    newer.add(make_view("/b"))
    second = newer.read("hits", state=state)
    assert f"knows no export {export_id!r}" in second.log
    third = newer.read("hits", state=second.state)
    assert "knows no export" not in third.log


def test_a_site_that_was_created_anew_is_not_the_one_of_the_bookmark(newer: Sandbox) -> None:
    newer.add(make_view("/a"))
    first = newer.read("hits")
    newer.site.created_at += timedelta(days=1)
    second = newer.fail_to_read("hits", state=first.state)
    assert "counts hits anew" in second.error
    assert get_bookmark(second) == 1
    assert len(newer.received("POST", "/export")) == 1


@pytest.mark.parametrize(("bookmark", "is_warned"), [(10**9, True), (0, False)])
def test_a_bookmark_of_no_known_export_is_a_warning_when_nothing_comes_after_it(
    newer: Sandbox, bookmark: int, *, is_warned: bool
) -> None:
    newer.add(*[make_view("/a")] * bool(bookmark))
    run = newer.read("hits", state=build_state(bookmark))
    assert run.records["hits"] == []
    assert ("no hits after hit 1000000000" in run.log) == is_warned


def test_the_fast_way_and_that_of_the_sdk_write_the_same_bytes_but_for_the_time(
    newer: Sandbox,
) -> None:
    newer.add(
        *(
            make_view(f"/{number}", session=str(number), title=title, event=number % 5 == 0)
            for number, title in enumerate(TITLES * 150)
        )
    )
    fast, slow = newer.read("hits"), newer.read("hits", **IDENTITY)
    assert [hit["title"] for hit in fast.records["hits"]] == [*TITLES] * 150
    assert len({message.get("time_extracted") for message in fast.output.messages}) < 10
    assert len({message.get("time_extracted") for message in slow.output.messages}) > 1000
    fast_lines, slow_lines = (
        [TIME.sub(b"", line) for line in run.stdout.splitlines() if b'"RECORD"' in line]
        for run in (fast, slow)
    )
    assert fast_lines == slow_lines
    for run in (fast, slow):
        assert sum(map(int, re.findall(r'"record_count","value":(\d+)', run.log))) == 1200
