"""What is read for each app, template, version or company."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.failures import SyncFailedError
from singer_tapkit.testing import select_streams
from tap_apparena.tap import TapAppArena
from tests.tap_apparena.servers import select_rows

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server


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
    body = {"status": 404, "message": "What the server says."}
    small_server.respond("/apps/41207/configs", body, http_status)

    run = small_server.read("app_configs")

    assert select_rows(run.records["app_configs"], sourceAppId=41207) == []
    assert run.records["app_configs"]
    assert "app_configs: 1 skipped, gone meanwhile." in run.log


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": 500, "message": "What the server says."}, 500),
        ("<html>Forbidden</html>", 403),
        ("default backend - 404", 404),
        ({"_embedded": {"data": None}}, 200),
        ({"_embedded": {"data": [{"configId": "a", "lang": ["de_DE"]}]}}, 200),
        ({"_embedded": {"data": {}}, "total_items": 3}, 200),
        ({"_embedded": {"data": [{"configId": "a"}]}, "page_count": 3}, 200),
    ],
    ids=["500", "html", "backend", "null", "lang", "fewer", "one page of three"],
)
def test_a_child_that_fails_fails_alone(small_server: Server, body: object, status: int) -> None:
    small_server.respond("/apps/41207/configs", body, status)

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
    server.refuse("/apps/*", 401, skip=30)
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
