"""The tap by its command line."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.command_line import messages, read_until, stop
from tests.sandbox.faults import Answer
from tests.tap_apparena.servers import KEY

if TYPE_CHECKING:
    from tests.tap_apparena.conftest import Tap
    from tests.tap_apparena.servers import Server


def test_a_run_without_a_catalog_reads_the_usual_lists(server: Server, tap: Tap) -> None:
    run = tap.succeed(server.settings(page_size=10))

    assert sorted(run.records) == ["apps", "customers", "projects", "templates"]
    assert len(run.records["apps"]) == 45
    assert run.state["bookmarks"]["apps"] == {}


def test_discovery_needs_no_settings(tap: Tap) -> None:
    found = tap.run_with("--discover")

    assert found.returncode == 0
    streams = json.loads(found.stdout)["streams"]
    roots = {
        stream["tap_stream_id"]: entry["metadata"]
        for stream in streams
        for entry in stream["metadata"]
        if not entry["breadcrumb"]
    }
    selected = {name for name, root in roots.items() if root["selected-by-default"]}
    assert len(streams) == 25
    assert selected == {"apps", "templates", "projects", "customers"}


def test_a_killed_run_is_continued_without_a_loss(server: Server, tap: Tap) -> None:
    server.sandbox.latency = 0.01
    settings = server.settings(page_size=5)
    process = tap.start(settings, "apps", "app_infos")
    lines = read_until(process, '"checkpoint"')
    lines += stop(process, signal.SIGKILL)
    first = messages(lines)
    state = [message["value"] for message in first if message["type"] == "STATE"][-1]

    second = tap.succeed(settings, "apps", "app_infos", state=state)

    whole = tap.succeed(settings, "apps", "app_infos")
    for stream, key in (("apps", "appId"), ("app_infos", "sourceAppId")):
        written = [
            message["record"][key]
            for message in first
            if message["type"] == "RECORD" and message["stream"] == stream
        ]
        again = [record[key] for record in second.records[stream]]
        assert {*written, *again} == {record[key] for record in whole.records[stream]}
        assert len(again) < len(whole.records[stream])


@pytest.mark.parametrize("fault", ["none", "unauthorized", "redirect"])
def test_the_key_appears_nowhere(server: Server, tap: Tap, fault: str) -> None:
    settings = server.settings(page_size=10)
    if fault == "unauthorized":
        settings["api_key"] = f"wrong-{KEY}"
    if fault == "redirect":
        answer = Answer(302, "", {"Location": "https://elsewhere.example/apps"})
        server.sandbox.faults.add("GET", "/api/v2/apps", answer, times=None)

    found = tap.run_with(settings=settings, environment={"TAP_APPARENA_LOGLEVEL": "DEBUG"})

    assert (found.returncode == 0) is (fault == "none")
    assert KEY not in found.stdout + found.stderr


def test_settings_come_from_the_environment_too(server: Server, tap: Tap) -> None:
    found = tap.run_with(
        "--config=ENV",
        environment={
            "TAP_APPARENA_API_URL": server.url,
            "TAP_APPARENA_API_KEY": KEY,
            "TAP_APPARENA_FILTERS": json.dumps({"apps": ["filter.appId[eq]=41207"]}),
        },
    )

    assert found.returncode == 0, found.stderr
    assert found.stdout.count('"stream":"apps","record"') == 1


def test_the_check_of_connections_reads_no_data_and_names_what_fails(
    server: Server, tap: Tap
) -> None:
    server.sandbox.add_key("narrow-key", rights=["app", "template", "project"])

    found = tap.run_with("--test", settings=server.settings(api_key="narrow-key"))

    assert found.returncode != 0
    assert "apps: may be read." in found.stderr
    assert "customers: GET /api/v2/customers answered 403" in found.stderr
    assert [request.query["items"] for request in server.sandbox.requests] == [["1"]] * 4
    assert found.stdout == ""
