"""The secrets appear nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, CutOff, Reset, html_page
from tests.tap_gotom.command_line import fail
from tests.tap_gotom.servers import API_SECRET, GRAPH_SECRET, define_report

if TYPE_CHECKING:
    from tests.sandbox.faults import Effect
    from tests.tap_gotom.command_line import CommandLineTap
    from tests.tap_gotom.servers import GoTomServer

SECRET = "very-secret-sentinel"  # noqa: S105
DEBUG = {"TAP_GOTOM_LOGLEVEL": "DEBUG", "LOGLEVEL": "DEBUG"}
JSON = {"Content-Type": "application/json"}
LISTS = "/app-api/primary-keys"
DOWNLOADS = "/app-api/graph-export/download"
EFFECTS: dict[str, Effect] = {
    f"{LISTS}/user": Answer(401, '"Signature not valid"', JSON),
    f"{LISTS}/media": Answer(401, '"Request is too old"', JSON),
    f"{LISTS}/channel": html_page(403, "Forbidden"),
    f"{LISTS}/platform": html_page(502, "Bad Gateway"),
    f"{LISTS}/adServer": Answer(302, headers={"Location": "https://login.example.com/"}),
    f"{LISTS}/priceType": Answer(429, "slow down", {"Retry-After": "1"}),
    f"{LISTS}/advertising": Reset(),
    "/app-api/customer": CutOff(4),
    "/app-api/campaign/demo-4711": Answer(200, '{"flights": 7}', JSON),
    f"{DOWNLOADS}/46": Answer(200, '"A"\n"\x80', {"Content-Type": "text/csv"}),
    f"{DOWNLOADS}/47": html_page(500, "Oops"),
}


def run_verbosely(
    command_line: CommandLineTap, settings: dict[str, Any], *arguments: str
) -> tuple[str, str]:
    """Run at the most verbose level, and return stdout and stderr."""
    run = command_line.run_with(*arguments, settings=settings, environment=DEBUG)
    return run.stdout, run.stderr


def assert_no_secret(text: str) -> None:
    for sentinel in (GRAPH_SECRET, API_SECRET, SECRET, "gotom_app_api"):
        assert sentinel not in text


@pytest.mark.parametrize("argument", [(), ("--discover",), ("--test",)])
def test_a_run_that_succeeds_reveals_no_secret(
    server: GoTomServer, command_line: CommandLineTap, argument: tuple[str, ...]
) -> None:
    server.save(("A",), ("1",))
    settings = server.configure_all(
        define_report(skip_unchanged=True), campaign_external_ids=["demo-4711"]
    )
    output, log = run_verbosely(command_line, settings, *argument)
    assert "| DEBUG" in log
    assert_no_secret(output + log)
    for request in server.sandbox.requests:
        sent = f"{request.path}?{request.raw_query} {dict(request.headers)}"
        assert GRAPH_SECRET not in sent
        assert API_SECRET not in sent


def test_a_run_that_fails_reveals_no_secret(
    server: GoTomServer, command_line: CommandLineTap
) -> None:
    for path, effect in EFFECTS.items():
        server.sandbox.faults.add("GET", path, effect, times=None)
    settings = server.configure_all(
        define_report(columns={"A": "string"}),
        define_report("pages", 47, columns={"A": "string"}),
        campaign_external_ids=["demo-4711"],
        max_retries=0,
    )
    _, log = run_verbosely(command_line, settings)
    assert f"{len(EFFECTS)} part(s) of the sync failed" in log
    assert_no_secret(log)


MISTAKES: dict[str, dict[str, Any]] = {
    "a list": {"api_secret": [SECRET]},
    "an object": {"api_secret": {"value": SECRET}},
    "a name": {"api_secret": {SECRET: 1}},
    "no user": {"graph_secret": SECRET},
    "another setting": {"environment": "staging"},
    "in the address": {"base_url": f"https://user:{SECRET}@goto.example"},
    "in the query": {"base_url": f"https://goto.example/?secret={SECRET}"},
    "in a report": {"reports": [define_report(kind="pie")]},
}


@pytest.mark.parametrize("settings", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_settings_reveals_no_secret(settings: dict[str, Any]) -> None:
    run = fail({"instance": "acme", "api_user": "u", "api_secret": SECRET, **settings})
    assert run.error
    assert run.stdout == b""
    assert_no_secret(run.log)


@pytest.mark.parametrize(("mistake", "argument"), [("a list", "--discover"), ("no user", "--test")])
def test_a_mistake_reveals_no_secret_by_the_command_line(
    command_line: CommandLineTap, mistake: str, argument: str
) -> None:
    given = {"instance": "acme", "api_user": "u", "api_secret": SECRET, **MISTAKES[mistake]}
    output, log = run_verbosely(command_line, given, argument)
    assert output == ""
    assert "Traceback" not in log
    assert_no_secret(log)
