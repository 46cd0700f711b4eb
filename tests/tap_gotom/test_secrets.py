"""The secrets appear nowhere, and sign only requests to their server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer, CutOff, Reset, html_page
from tests.sandbox.gotom import Report
from tests.tap_gotom.places import API_SECRET, GRAPH_SECRET, report

if TYPE_CHECKING:
    from tests.sandbox.faults import Effect
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

SECRET = "very-secret-sentinel"  # noqa: S105
TALKATIVE = {"TAP_GOTOM_LOGLEVEL": "DEBUG", "LOGLEVEL": "DEBUG"}
REPORT = "/app-api/graph-export/download/46"
MEDIA = "/app-api/primary-keys/media"
CAMPAIGN = "/app-api/campaign/demo-4711"


def everything_written(tap: Tap, settings: dict[str, Any], *arguments: str) -> str:
    """All that a run writes at the most talkative level."""
    found = tap.run_with(*arguments, settings=settings, environment=TALKATIVE)
    return found.stdout + found.stderr


def assert_tells_nothing(written: str) -> None:
    for sentinel in (GRAPH_SECRET, API_SECRET, SECRET, "gotom_app_api"):
        assert sentinel not in written


@pytest.mark.parametrize("argument", [(), ("--discover",), ("--test",), ("--about",)])
def test_a_run_that_succeeds_tells_nothing(
    place: Place, tap: Tap, argument: tuple[str, ...]
) -> None:
    place.save(("A",), ("1",))
    written = everything_written(
        tap, place.both(report(), campaign_external_ids=["demo-4711"]), *argument
    )
    assert len(written) > 1000
    assert_tells_nothing(written)


def test_the_most_talkative_level_really_is_on(place: Place, tap: Tap) -> None:
    assert "| DEBUG" in everything_written(tap, place.api())


@pytest.mark.parametrize(
    ("path", "effect"),
    [
        (MEDIA, Answer(401, '"Signature not valid"', {"Content-Type": "application/json"})),
        (MEDIA, Answer(401, '"Request is too old"', {"Content-Type": "application/json"})),
        (MEDIA, html_page(403, "Forbidden")),
        (MEDIA, html_page(502, "Bad Gateway")),
        (MEDIA, Answer(302, headers={"Location": "https://login.example.com/"})),
        (MEDIA, Answer(200, "not JSON")),
        (MEDIA, Answer(429, "slow down", {"Retry-After": "1"})),
        (MEDIA, Reset()),
        (MEDIA, CutOff(5)),
        (CAMPAIGN, Answer(200, '{"flights": 7}', {"Content-Type": "application/json"})),
        (REPORT, html_page(500, "Error")),
        (REPORT, Reset()),
        (REPORT, CutOff(4)),
        (REPORT, Answer(200, '"A"\n"\x80', {"Content-Type": "text/csv"})),
    ],
)
def test_a_run_that_fails_tells_nothing(place: Place, tap: Tap, path: str, effect: Effect) -> None:
    place.save(("A",), ("1",))
    place.server.faults.add("*", path, effect, times=None)
    settings = place.both(
        report(columns={"A": "string", "B": "date"}), campaign_external_ids=["demo-4711"]
    )
    written = everything_written(tap, settings)
    assert "of the sync failed" in written
    assert_tells_nothing(written)


@pytest.mark.parametrize(
    "settings",
    [
        {"api_secret": [SECRET]},
        {"api_secret": {"value": SECRET}},
        {"api_secret": {SECRET: 1}},
        {"api_secret": [f"{SECRET}\n{SECRET}\\'\""]},
        {"api_secret": SECRET, "graph_secret": SECRET},
        {"api_secret": SECRET, "environment": "staging"},
        {"api_secret": SECRET, "base_url": f"https://user:{SECRET}@goto.example"},
        {"api_secret": SECRET, "base_url": f"ftp://user:{SECRET}@goto.example"},
        {"api_secret": SECRET, "base_url": f"https://user:{SECRET}@[goto.example"},
        {"api_secret": SECRET, "base_url": f"https://goto.example/?secret={SECRET}"},
        {"api_secret": SECRET, "reports": [report(kind="pie")]},
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("argument", [(), ("--discover",), ("--test",)])
def test_a_mistake_in_the_settings_themselves_tells_nothing(
    tap: Tap, settings: dict[str, Any], argument: tuple[str, ...]
) -> None:
    given = {"instance": "acme", "api_user": "u", **settings}
    found = tap.run_with(*argument, settings=given, environment=TALKATIVE)
    assert found.returncode != 0
    assert found.stdout == ""
    assert "Traceback" not in found.stderr
    assert_tells_nothing(found.stderr)


def test_a_number_for_a_secret_is_refused_without_quoting_it(tap: Tap) -> None:
    found = tap.fail({"instance": "acme", "api_user": "u", "api_secret": 771177117711})
    assert "is not of type 'string' in config['api_secret']" in found.log
    assert "771177117711" not in found.log


def test_a_short_secret_does_not_garble_what_is_said(tap: Tap) -> None:
    given = {"instance": "acme", "api_user": "u", "api_secret": "o", "environment": "staging"}
    assert "'staging' is not one of ['prod', 'test']" in tap.fail(given).log


def test_neither_state_nor_catalog_hold_a_secret(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    settings = place.both(report(skip_unchanged=True))
    run = tap.succeed(settings)
    assert run.state["bookmarks"]["sales"]["report"]
    assert_tells_nothing(json.dumps(run.state) + json.dumps(tap.discover(settings)))


def test_no_secret_goes_over_the_wire(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report(b'"A"\n"1"\n'))
    tap.succeed(place.both(report()))
    assert place.server.requests
    for request in place.server.requests:
        sent = f"{request.path}?{request.raw_query} {dict(request.headers)}"
        assert GRAPH_SECRET not in sent
        assert API_SECRET not in sent
