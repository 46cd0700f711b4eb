"""What is read for each app, template, version or company."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.failures import SyncFailedError
from singer_tapkit.testing import select_streams
from tap_apparena.tap import TapAppArena
from tests.sandbox.faults import Answer

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server

JSON = {"Content-Type": "application/json"}
PAGE_OF_HTML = Answer(403, "<html>Forbidden</html>", {"Content-Type": "text/html"})


def build_failure(status: int, http_status: int | None = None) -> Answer:
    body = {"status": status, "message": "What the server says."}
    return Answer(http_status or status, json.dumps(body), JSON)


def select_rows(records: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    return [record for record in records if wanted.items() <= record.items()]


def test_children_come_in_the_order_of_their_parents_and_are_announced_once(server: Server) -> None:
    server.sandbox.latency = 0.01
    streams = ("projects", "versions", "version_configs")
    alone = server.read(*streams, max_concurrency=1).output
    ahead = server.read(*streams, max_concurrency=8).output

    kinds = [(message["type"], message.get("record")) for message in alone.messages]
    assert [(message["type"], message.get("record")) for message in ahead.messages] == kinds
    assert ahead.message_types("version_configs").count("SCHEMA") == 1
    assert len(server.received("/projects/44/configs")) == 4


@pytest.mark.parametrize("http_status", [404, 200])
def test_a_parent_that_is_gone_is_skipped_and_counted(
    small_server: Server, http_status: int
) -> None:
    path = "/api/v2/apps/41207/configs"
    small_server.sandbox.faults.add("GET", path, build_failure(404, http_status), times=None)

    run = small_server.read("app_configs")

    assert select_rows(run.records["app_configs"], sourceAppId=41207) == []
    assert run.records["app_configs"]
    assert "app_configs: 1 skipped, gone meanwhile." in run.log


@pytest.mark.parametrize(
    "answer",
    [
        build_failure(500),
        PAGE_OF_HTML,
        Answer(404, "default backend - 404", {"Content-Type": "text/plain"}),
        Answer(200, '{"_embedded": {"data": null}}', JSON),
        Answer(200, '{"_embedded": {"data": [{"configId": "a", "lang": ["de_DE"]}]}}', JSON),
        Answer(200, '{"_embedded": {"data": {}}, "total_items": 3}', JSON),
        Answer(200, '{"_embedded": {"data": [{"configId": "a"}]}, "page_count": 3}', JSON),
    ],
    ids=["500", "html", "backend", "null", "lang", "fewer", "one page of three"],
)
def test_a_child_that_fails_fails_alone(small_server: Server, answer: Answer) -> None:
    small_server.sandbox.faults.add("GET", "/api/v2/apps/41207/configs", answer, times=None)

    run = small_server.fail("apps", "app_configs", "app_infos")

    assert "1 part(s) of the sync failed" in run.error
    assert "app_configs of 41207: " in run.error
    assert select_rows(run.records["app_configs"], sourceAppId=41207) == []
    assert select_rows(run.records["app_infos"], sourceAppId=41207)
    assert select_rows(run.records["apps"], appId=41207)
    assert select_rows(run.records["app_configs"], sourceAppId=41209)


@pytest.mark.parametrize(
    ("stream", "settings", "asked"),
    [
        ("app_configs", {}, ["/api/v2/apps"]),
        ("company_users", {}, ["/api/v2/customers"]),
        ("company_users", {"company_ids": [57]}, []),
    ],
)
def test_the_check_of_connections_asks_for_the_parents_of_selected_streams(
    server: Server, stream: str, settings: dict[str, Any], asked: list[str]
) -> None:
    server.sandbox.add_key("narrow-key", rights=["config"])
    config = server.settings(api_key="narrow-key", **settings)
    catalog = select_streams(TapAppArena(config=config).catalog_dict, [stream])
    tap = TapAppArena(config=config, catalog=catalog)

    with pytest.raises(SyncFailedError) if asked else nullcontext():
        tap.check_connection()

    assert [request.path for request in server.sandbox.requests] == asked


def test_a_missing_right_ends_a_stream_after_three_parents(small_server: Server) -> None:
    small_server.sandbox.add_key("narrow-key", rights=["app", "info"])

    run = small_server.fail(
        "apps", "app_configs", "app_infos", api_key="narrow-key", max_concurrency=1
    )

    asked = [one for one in small_server.sandbox.requests if one.path.endswith("/configs")]
    assert len(asked) == 3
    assert "The key or token is known but lacks the right" in run.error
    assert run.records["app_infos"]
    assert len(run.records["apps"]) == 6


def test_a_token_that_expires_midway_fails_what_is_left_and_the_next_run_has_all(
    server: Server,
) -> None:
    server.sandbox.faults.add("GET", "/api/v2/apps/*", build_failure(401), times=None, skip=30)
    settings: dict[str, Any] = {"page_size": 10, "max_concurrency": 1}
    first = server.fail("apps", "app_infos", **settings)
    assert "or get a new 'jwt'" in first.error
    assert len(server.received("/apps/41251/infos")) == 1
    server.sandbox.faults.clear()

    second = server.read("apps", "app_infos", state=first.state, **settings)
    whole = server.read("apps", "app_infos", **settings)

    for stream in ("apps", "app_infos"):
        keys = {*first.output.keys(stream), *second.output.keys(stream)}
        assert keys == set(whole.output.keys(stream))
