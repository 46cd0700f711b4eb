"""The secrets appear nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, CutOff, Reset, html_page
from tests.tap_gotom.servers import API_SECRET, GRAPH_SECRET, report

if TYPE_CHECKING:
    from tests.sandbox.faults import Effect
    from tests.tap_gotom.command_line import CommandLineTap
    from tests.tap_gotom.servers import GoTomServer

SECRET = "very-secret-sentinel"  # noqa: S105
DEBUG = {"TAP_GOTOM_LOGLEVEL": "DEBUG", "LOGLEVEL": "DEBUG"}
JSON = {"Content-Type": "application/json"}


def run_verbosely(
    command_line: CommandLineTap, settings: dict[str, Any], *arguments: str
) -> tuple[str, str]:
    """Run at the most verbose level, and return stdout and stderr."""
    run = command_line.run_with(*arguments, settings=settings, environment=DEBUG)
    return run.stdout, run.stderr


def assert_no_secret(text: str) -> None:
    for sentinel in (GRAPH_SECRET, API_SECRET, SECRET, "gotom_app_api"):
        assert sentinel not in text


@pytest.mark.parametrize("argument", [(), ("--discover",), ("--test",), ("--about",)])
def test_a_run_that_succeeds_tells_no_secret(
    server: GoTomServer, command_line: CommandLineTap, argument: tuple[str, ...]
) -> None:
    server.save(("A",), ("1",))
    settings = server.both(report(skip_unchanged=True), campaign_external_ids=["demo-4711"])
    output, log = run_verbosely(command_line, settings, *argument)
    assert len(output + log) > 1000
    assert "--about" in argument or "| DEBUG" in log
    assert_no_secret(output + log)
    for request in server.sandbox.requests:
        sent = f"{request.path}?{request.raw_query} {dict(request.headers)}"
        assert GRAPH_SECRET not in sent
        assert API_SECRET not in sent


@pytest.mark.parametrize(
    "effect",
    [
        Answer(401, '"Signature not valid"', JSON),
        Answer(401, '"Request is too old"', JSON),
        html_page(403, "Forbidden"),
        html_page(502, "Bad Gateway"),
        Answer(302, headers={"Location": "https://login.example.com/"}),
        Answer(200, '{"flights": 7}', JSON),
        Answer(200, '"A"\n"\x80', {"Content-Type": "text/csv"}),
        Answer(429, "slow down", {"Retry-After": "1"}),
        Reset(),
        CutOff(4),
    ],
)
def test_a_run_that_fails_tells_no_secret(
    server: GoTomServer, command_line: CommandLineTap, effect: Effect
) -> None:
    server.save(("A",), ("1",))
    server.sandbox.faults.add("*", "*", effect, times=None)
    settings = server.both(
        report(columns={"A": "string"}), campaign_external_ids=["demo-4711"], max_retries=0
    )
    output, log = run_verbosely(command_line, settings)
    assert "of the sync failed" in log
    assert_no_secret(output + log)


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        ({"api_secret": [SECRET]}, ()),
        ({"api_secret": {"value": SECRET}}, ("--discover",)),
        ({"api_secret": {SECRET: 1}}, ("--test",)),
        ({"api_secret": SECRET, "graph_secret": SECRET}, ("--discover",)),
        ({"api_secret": SECRET, "environment": "staging"}, ("--test",)),
        ({"api_secret": SECRET, "base_url": f"https://user:{SECRET}@goto.example"}, ()),
        ({"api_secret": SECRET, "base_url": f"https://goto.example/?secret={SECRET}"}, ()),
        ({"api_secret": SECRET, "reports": [report(kind="pie")]}, ()),
    ],
    ids=json.dumps,
)
def test_a_mistake_in_the_settings_tells_no_secret(
    command_line: CommandLineTap, settings: dict[str, Any], argument: tuple[str, ...]
) -> None:
    given = {"instance": "acme", "api_user": "u", **settings}
    output, log = run_verbosely(command_line, given, *argument)
    assert output == ""
    assert "Traceback" not in log
    assert_no_secret(log)


def test_the_secrets_are_marked_as_such(command_line: CommandLineTap) -> None:
    about = json.loads(command_line.run_with("--about", "--format=json").stdout)
    settings = about["settings"]["properties"]
    assert [name for name, setting in settings.items() if setting.get("secret")] == [
        "graph_secret",
        "api_secret",
    ]
