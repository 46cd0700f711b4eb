"""The settings: what is accepted, what is refused, and in which words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import Generation
from tests.singer import selecting
from tests.tap_goatcounter.servers import day, view

if TYPE_CHECKING:
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox

A_TOKEN = "gc7d1e5f0a9b3c2d4e6f8a0b1c3d5e7f9a2b4c6d8e0f1a3b5c"  # noqa: S105


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Set 'site_url' and 'token'"),
        ({"token": A_TOKEN}, "Set 'site_url' and 'token'"),
        ({"site_url": "https://stats.example.com"}, "no 'token'"),
        ({"site_url": "https://stats.example.com", "token": ""}, "token"),
        ({"site_url": "", "token": A_TOKEN}, "site_url"),
        ({"sites": [{"site_url": "https://stats.example.com"}]}, "'token'"),
        ({"sites": [{"site_url": "https://stats.example.com", "token": ""}]}, "'token'"),
        ({"sites": [{"token": A_TOKEN}]}, "'site_url'"),
        ({"site_url": "stats.example.com", "token": A_TOKEN}, "https://example.com"),
        ({"site_url": "ftp://stats.example.com", "token": A_TOKEN}, "https://example.com"),
        ({"site_url": "https://", "token": A_TOKEN}, "https://example.com"),
        ({"site_url": "https://[1:2", "token": A_TOKEN}, "https://example.com"),
        ({"site_url": "https://stats.example.com:port", "token": A_TOKEN}, "https://example.com"),
        ({"site_url": "http://stats.example.com", "token": A_TOKEN}, "allow_http"),
        ({"site_url": "https://me:pw@stats.example.com", "token": A_TOKEN}, "user and password"),
        ({"site_url": "https://stats.example.com?a=1", "token": A_TOKEN}, "after ? or #"),
        ({"site_url": "https://stats.example.com", "token": "with a blank"}, "'token'"),
        ({"site_url": "https://stats.example.com", "token": "two\nlines"}, "'token'"),
        ({"site_url": "https://stats.example.com", "token": "tokeñ…"}, "'token'"),
        (
            {"site_url": "https://stats.example.com", "token": A_TOKEN, "start_date": "May 2026"},
            "start_date",
        ),
        (
            {"site_url": "https://stats.example.com", "token": A_TOKEN, "end_date": "2026-02-30"},
            "end_date",
        ),
        (
            {"site_url": "https://stats.example.com", "token": A_TOKEN, "window_days": 0},
            "window_days",
        ),
        (
            {"site_url": "https://stats.example.com", "token": A_TOKEN, "unknown_fields": "drop"},
            "unknown_fields",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_sent(
    tap: TapInProcess, settings: dict[str, Any], words: str
) -> None:
    run = tap.fail({"max_retries": 0, **settings}, "sites")
    assert words in run.log
    assert not any(run.records.values())


def test_the_token_is_not_sent_unencrypted_unless_that_is_allowed(
    newer: Sandbox, tap: TapInProcess
) -> None:
    elsewhere = newer.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - this machine as well
    run = tap.fail(newer.settings(site_url=elsewhere), "sites")
    assert newer.server.requests == []
    assert "allow_http" in run.log
    tap.succeed(newer.settings(site_url=elsewhere, allow_http=True), "sites")


@pytest.mark.parametrize("ending", ["", "/", "//", "/api/v0", "/api/v0/"])
@pytest.mark.parametrize("prefix", ["", "/stats"])
def test_an_address_may_end_in_a_slash_or_in_that_of_the_api(
    open_sandbox: OpenSandbox, tap: TapInProcess, prefix: str, ending: str
) -> None:
    sandbox = open_sandbox(Generation.MAIN, base_path=prefix)
    run = tap.succeed(sandbox.settings(site_url=sandbox.url + ending), "sites")
    assert len(run.records["sites"]) == 1


def test_blanks_around_address_and_token_do_no_harm(newer: Sandbox, tap: TapInProcess) -> None:
    settings = newer.settings(site_url=f" {newer.url} ", token=f"{newer.token}\n")
    assert len(tap.succeed(settings, "sites").records["sites"]) == 1


def test_a_redirect_is_not_followed_and_its_aim_is_told(newer: Sandbox, tap: TapInProcess) -> None:
    aim = "https://new.example.com/api/v0/me"
    moved = Answer(301, '<a href="/">Moved</a>', {"Location": aim, "Content-Type": "text/html"})
    newer.server.faults.add("GET", "/api/v0/me", moved)
    run = tap.fail(newer.settings(), "sites")
    assert aim in run.log
    assert "Set 'site_url' to the address" in run.log


def test_the_user_agent_and_what_the_server_needs_go_with_every_request(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    sandbox.add(view("/a"))
    tap.succeed(sandbox.settings(user_agent="warehouse (ops@example.com)"))
    for request in sandbox.server.requests:
        assert request.headers["user-agent"] == "warehouse (ops@example.com)"
        assert request.headers["content-type"] == "application/json"


def test_all_settings_can_come_from_the_environment(newer: Sandbox, tap: TapInProcess) -> None:
    newer.add(view("/a"))
    finished = tap.run_with(
        "--config=ENV",
        environment={
            "TAP_GOATCOUNTER_SITES": json.dumps([{"site_url": newer.url, "token": newer.token}]),
            "TAP_GOATCOUNTER_REQUESTS_PER_SECOND": "1000",
            "TAP_GOATCOUNTER_CHILD_SITES": "true",
            "TAP_GOATCOUNTER_START_DATE": f"{day(2)}T00:00:00Z",
        },
    )
    assert finished.returncode == 0, finished.stderr
    assert '"stream":"hits","record"' in finished.stdout


def test_an_answer_slower_than_the_time_out_is_given_up(newer: Sandbox, tap: TapInProcess) -> None:
    elsewhere = newer.settings(site_url="http://127.0.0.1:9", max_retries=0)
    run = tap.fail(elsewhere, "sites")
    assert "no answer" in run.log


def test_the_connection_test_makes_no_export_and_reads_no_data(
    sandbox: Sandbox, tap: TapInProcess
) -> None:
    sandbox.add(view("/a"))
    found = tap.run_with("--test", settings=sandbox.settings())
    assert found.returncode == 0, found.stderr
    assert "all permissions are there" in found.stderr
    paths = {request.path for request in sandbox.server.requests}
    assert paths <= {"/status", "/api/v0/me", "/api/v0/sites"}


def test_the_connection_test_names_the_permissions_that_are_missing(
    open_sandbox: OpenSandbox, tap: TapInProcess
) -> None:
    sandbox = open_sandbox(Generation.MAIN, permissions=8)
    found = tap.run_with("--test", settings=sandbox.settings())
    assert found.returncode == 1
    assert "export" in found.stderr
    assert "stats" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_connection_test_fails_for_a_token_that_is_not_known(
    newer: Sandbox, tap: TapInProcess
) -> None:
    found = tap.run_with("--test", settings=newer.settings(token=A_TOKEN))
    assert found.returncode == 1
    assert "unknown token" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("argument", ["--test", "--test=all", "--test=schema"])
def test_settings_that_cannot_work_fail_the_connection_test_in_words(
    tap: TapInProcess, argument: str
) -> None:
    found = tap.run_with(argument, settings={"site_url": "ftp://x", "token": A_TOKEN})
    assert found.returncode == 1
    assert "https://example.com" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_catalog_can_be_had_without_any_setting(tap: TapInProcess) -> None:
    assert json.loads(tap.run_with("--discover").stdout)["streams"]


def test_about_describes_every_setting(tap: TapInProcess) -> None:
    about = json.loads(tap.run_with("--about", "--format=json").stdout)
    for name, setting in about["settings"]["properties"].items():
        assert setting.get("title"), name
        assert setting.get("description"), name
    secret = [
        name for name, setting in about["settings"]["properties"].items() if setting.get("secret")
    ]
    assert sorted(secret) == ["sites", "token"]


FIELD = '{"paths":[{"id":1,"path":"/a","title":"A","event":false,"colour":"red"}],"more":false}'


def test_fields_that_nobody_knows_are_left_out_and_told_once(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.server.faults.add("GET", "/api/v0/paths", Answer(200, FIELD))
    run = tap.succeed(newer.settings(), "paths")
    assert "colour" not in run.records["paths"][0]
    assert len([line for line in run.log.splitlines() if "colour" in line]) == 1


def test_fields_that_nobody_knows_are_kept_when_told_to(newer: Sandbox, tap: TapInProcess) -> None:
    newer.server.faults.add("GET", "/api/v0/paths", Answer(200, FIELD))
    settings = newer.settings(unknown_fields="keep")
    (path,) = tap.succeed(settings).records["paths"]
    assert path["unknown_fields"] == {"colour": "red"}


def test_a_catalog_that_was_made_under_other_settings_makes_no_difference(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.server.faults.add("GET", "/api/v0/paths", Answer(200, FIELD))
    run = tap.succeed(newer.settings(unknown_fields="keep"), "paths")
    assert "unknown_fields" in run.output.schemas["paths"]["schema"]["properties"]
    assert run.records["paths"][0]["unknown_fields"] == {"colour": "red"}


def test_fields_that_nobody_knows_fail_the_stream_when_told_to(
    newer: Sandbox, tap: TapInProcess
) -> None:
    newer.add(view("/a"))
    newer.server.faults.add("GET", "/api/v0/paths", Answer(200, FIELD))
    run = tap.fail(newer.settings(unknown_fields="fail"), "paths", "hits")
    assert "colour" in run.log
    assert run.records["paths"] == []
    assert len(run.records["hits"]) == 1


def test_a_catalog_of_other_settings_does_not_matter(newer: Sandbox, tap: TapInProcess) -> None:
    newer.server.faults.add("GET", "/api/v0/paths", Answer(200, FIELD))
    catalog = selecting(tap.discover(newer.settings()), "paths", "sites")
    run = tap.succeed(newer.settings(unknown_fields="keep"), catalog=catalog)
    assert "unknown_fields" in run.output.schemas["paths"]["schema"]["properties"]
    assert run.records["paths"][0]["unknown_fields"] == {"colour": "red"}
    assert run.records["sites"][0]["unknown_fields"] is None
