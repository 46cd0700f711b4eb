"""What the settings accept, and what they never give away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tap_gotom.config import read_base_url
from tap_gotom.credentials import CredentialSet as Pair, read_credentials
from tests.sandbox.gotom import Report
from tests.tap_gotom.places import GRAPH_SECRET, report

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

DEFAULTS = {"environment": "prod", "allow_http": False}
USER = {"api_user": "u", "api_secret": "secret-of-u"}


@pytest.mark.parametrize(
    ("config", "url"),
    [
        ({"instance": "acme"}, "https://acme.gotom.io"),
        ({"instance": "acme", "environment": "test"}, "https://test-acme.gotom.io"),
        ({"base_url": "https://goto.example/"}, "https://goto.example"),
        ({"base_url": "https://goto.example/app-api"}, "https://goto.example"),
        ({"base_url": "http://127.0.0.1:8080", "instance": "acme"}, "http://127.0.0.1:8080"),
        ({"base_url": "http://goto.example", "allow_http": True}, "http://goto.example"),
    ],
)
def test_the_address_of_an_instance(config: dict[str, Any], url: str) -> None:
    assert read_base_url({**DEFAULTS, **USER, **config}) == url


def test_each_pair_signs_what_it_is_for() -> None:
    found = read_credentials({"graph_user": "g", "graph_secret": "x"})
    assert set(found) == {Pair.GRAPH}
    assert Pair.for_path("/app-api/custom-report-export/download/1") is Pair.GRAPH
    assert Pair.for_path("/app-api/customer") is Pair.API


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"instance": "acme"}, "Set 'graph_user' and 'graph_secret'"),
        ({"instance": "acme", "api_user": "u"}, "belong together"),
        ({"instance": "acme", **USER, "api_secret": ""}, "api_secret"),
        ({"instance": "acme.gotom.io", **USER}, "is no such part"),
        (USER, "Set 'instance'"),
        ({"base_url": "http://goto.example", **USER}, "unencrypted"),
        ({"base_url": "https://u:p@goto.example", **USER}, "user and password"),
        ({"base_url": "https://[goto.example", **USER}, "must be an address"),
        ({"base_url": "https://goto.example:port", **USER}, "must be an address"),
        ({"instance": "acme", **USER, "environment": "staging"}, "staging"),
        ({"instance": "acme", **USER, "reports": [report("users")]}, "already taken"),
        ({"instance": "acme", **USER, "reports": [report(), report("Sales")]}, "already taken"),
        ({"instance": "acme", **USER, "reports": [report(kind="pie")]}, "pie"),
        ({"instance": "acme", **USER, "reports": [report(encoding="utf-9")]}, "utf-9"),
        ({"instance": "acme", **USER, "reports": [report(encoding="rot13")]}, "rot13"),
        ({"instance": "acme", **USER, "reports": [report(delimiter="::")]}, "one character"),
        ({"instance": "acme", **USER, "reports": [report(delimiter="\n")]}, "a line break"),
        ({"instance": "acme", **USER, "reports": [report(quotechar="\0")]}, "a line break"),
        ({"instance": "acme", **USER, "reports": [report(delimter=";")]}, "delimter"),
        ({"instance": "acme", **USER, "reports": [report(columns={"A": "text"})]}, "text"),
        (
            {
                "instance": "acme",
                **USER,
                "reports": [report(columns={"A": {"type": "number", "format": "0,0"}})],
            },
            "column 'A'",
        ),
        (
            {
                "instance": "acme",
                **USER,
                "campaign_external_ids_from": {"report": "x", "column": "y"},
            },
            "names the report 'x'",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused_before_any_request(
    tap: Tap, settings: dict[str, Any], words: str
) -> None:
    run = tap.fail(settings)
    assert words in run.log
    assert run.output.messages == []


def test_settings_come_from_the_environment_too(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    found = tap.run_with(
        "--config=ENV",
        environment={
            "TAP_GOTOM_BASE_URL": place.url,
            "TAP_GOTOM_GRAPH_USER": "graph_user",
            "TAP_GOTOM_GRAPH_SECRET": GRAPH_SECRET,
            "TAP_GOTOM_REPORTS": json.dumps([report()]),
        },
    )
    assert found.returncode == 0, found.stderr
    assert '"a":"1"' in found.stdout


def test_the_secrets_are_marked_as_such(tap: Tap) -> None:
    about = json.loads(tap.run_with("--about", "--format=json").stdout)
    secrets = [name for name, item in about["settings"]["properties"].items() if item.get("secret")]
    assert secrets == ["graph_secret", "api_secret"]


def test_streams_exist_for_the_pairs_that_are_set(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))

    def names(settings: dict[str, Any]) -> set[str]:
        return {stream["tap_stream_id"] for stream in tap.discover(settings)["streams"]}

    assert names(place.graph(report())) == {"sales"}
    assert len(names(place.api())) == 21
    assert names(place.both(report())) == names(place.api()) | {"sales"}


def test_the_check_of_access_downloads_nothing_and_names_what_fails(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report.of_size(1 << 40))
    settings = place.both(report(), report("missing", 47))
    found = tap.run_with("--test", settings=settings)
    assert found.returncode != 0
    assert "sales: may be read." in found.stderr
    assert "media: may be read." in found.stderr
    assert "missing: GET /app-api/graph-export/download/47 answered 404" in found.stderr
    assert found.stdout == ""
