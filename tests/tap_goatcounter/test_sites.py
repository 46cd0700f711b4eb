"""The sites that can be read, and what must be known of them."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import ExtractionError, InvalidResponseError
from singer_tapkit.failures import FailureCollector
from tap_goatcounter.capabilities import UP_TO_2_7
from tap_goatcounter.config import SiteCredentials
from tap_goatcounter.sites import Permission, Site, SiteDirectory, discover_sites
from tests.tap_goatcounter.responses import SITE, URL, build_me, build_site, open_client

if TYPE_CHECKING:
    from requests_mock import Mocker

SITES = [build_site()]
LOGGER = logging.getLogger("tests")


def serve(
    requests_mock: Mocker,
    url: str = URL,
    *,
    me: Any = None,
    sites: Any = SITES,
    version: str = "v2.7.0",
) -> None:
    """Answer for a server."""
    requests_mock.get(f"{url}/api/v0/me", me or [{"json": build_me()}])
    requests_mock.get(f"{url}/api/v0/sites", json={"sites": sites})
    requests_mock.get(f"{url}/status", json={"version": version})


def discover(*, with_children: bool = False) -> list[Site]:
    return discover_sites(open_client(), SITE, with_children=with_children)


def test_a_site_is_described_by_its_server(requests_mock: Mocker) -> None:
    serve(requests_mock)
    (found,) = discover()
    assert (found.id, found.code, found.credentials) == (1, "code1", SITE)
    assert (found.timezone, found.capabilities) == (UTC, UP_TO_2_7)
    assert found.stores_page_views
    assert found.first_hit == datetime(2026, 1, 14, 18, 20, tzinfo=UTC)
    assert str(found) == f"site 1 at {URL}"
    assert found.missing_permissions(Permission) == []


@pytest.mark.parametrize(
    ("changed", "stores", "first"),
    [({"setttings": {"collect": 190}}, False, 14), ({"first_hit_at": None}, True, 1)],
)
def test_what_a_site_stores_and_since_when(
    requests_mock: Mocker, changed: dict[str, Any], first: int, *, stores: bool
) -> None:
    serve(requests_mock, sites=[build_site(**changed)])
    (found,) = discover()
    assert (found.stores_page_views, found.first_hit.day) == (stores, first)


def test_other_sites_of_the_account_are_reached_by_the_name_of_their_host(
    requests_mock: Mocker,
) -> None:
    children = [build_site(2, cname="second.example.org"), build_site(3)]
    serve(requests_mock, sites=[build_site(), *children])
    assert [found.id for found in discover()] == [1]
    hosts = [found.credentials.host for found in discover(with_children=True)]
    assert hosts == [None, "second.example.org", "code3.example.com"]


def test_a_token_that_was_not_used_for_a_day_is_tried_twice(requests_mock: Mocker) -> None:
    missing = {"status_code": 404, "json": {"error": "not found"}}
    serve(requests_mock, me=[missing, {"json": build_me()}])
    assert len(discover()) == 1
    serve(requests_mock, me=[missing])
    with pytest.raises(ExtractionError, match="'site_url'"):
        discover()


def test_a_token_that_may_not_read_sites_fails_with_the_permission_that_it_lacks(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, me=[{"json": build_me(permissions=4 + 64)}])
    with pytest.raises(ExtractionError, match="site-read"):
        discover()


@pytest.mark.parametrize(
    "rows",
    [
        [],
        None,
        [{**build_site(), "id": [1]}],
        [{**build_site(), "id": None}],
        [{name: value for name, value in build_site().items() if name != "code"}],
        [build_site(setttings={})],
        [build_site(created_at="soon")],
    ],
)
def test_sites_that_are_not_as_documented_are_an_error(requests_mock: Mocker, rows: Any) -> None:
    serve(requests_mock, sites=rows)
    with pytest.raises(InvalidResponseError, match="/sites"):
        discover()


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        (".UTC", "UTC"),
        (None, "UTC"),
        ("US.America/New_York", "America/New_York"),
        ("Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_the_time_zone_is_that_of_the_tokens_user(
    requests_mock: Mocker, name: str | None, zone: str
) -> None:
    serve(requests_mock, me=[{"json": build_me(timezone=name)}])
    assert str(discover()[0].timezone) == zone


@pytest.mark.parametrize("name", ["XX.Atlantis/Capital", "XX.", "DE.../etc"])
def test_a_time_zone_that_is_unknown_here_is_named(requests_mock: Mocker, name: str) -> None:
    serve(requests_mock, me=[{"json": build_me(timezone=name)}])
    with pytest.raises(ExtractionError, match="time zone to UTC"):
        discover()


@pytest.mark.parametrize("days_ahead", [400, 0, -2])
def test_the_time_is_that_of_the_server(requests_mock: Mocker, days_ahead: int) -> None:
    moment = datetime.now(UTC) + timedelta(days=days_ahead)
    date = {"Date": format_datetime(moment, usegmt=True)}
    serve(requests_mock, me=[{"json": build_me(), "headers": date}])
    assert abs(discover()[0].now - moment) < timedelta(seconds=10)


def open_directory(*credentials: SiteCredentials) -> tuple[SiteDirectory, FailureCollector]:
    failures = FailureCollector(LOGGER)
    sites = SiteDirectory(
        lambda: open_client(*credentials), with_children=False, failures=failures, logger=LOGGER
    )
    return sites, failures


@pytest.mark.parametrize(
    ("changed", "failures", "words"),
    [
        ({"code": "another"}, 1, "it has the same id as"),
        ({"created_at": "2026-02-01T00:00:00Z"}, 1, "it has the same id as"),
        ({}, 0, f"is the same as site 1 at {URL}, and is read once"),
    ],
)
def test_a_second_site_with_the_same_id_is_a_failure_unless_it_is_the_same(
    requests_mock: Mocker,
    caplog: pytest.LogCaptureFixture,
    changed: dict[str, Any],
    failures: int,
    words: str,
) -> None:
    other = SiteCredentials("https://other.example.com", "other")
    serve(requests_mock)
    serve(requests_mock, other.url, sites=[build_site(**changed)])
    sites, found = open_directory(SITE, other)
    assert [site.credentials for site in sites.by_id.values()] == [SITE]
    assert found.count == failures
    assert words in caplog.text


def test_a_newer_server_has_an_hourly_limit(requests_mock: Mocker) -> None:
    serve(requests_mock, version="v2.8.0")
    sites, _ = open_directory(SITE)
    assert sites.by_id
    assert [window.limit for window in sites.client._limiter._windows] == [1000, 500]  # noqa: SLF001
