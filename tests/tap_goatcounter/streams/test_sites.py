"""The stream `sites`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer
from tests.tap_goatcounter.servers import make_view

if TYPE_CHECKING:
    from tests.tap_goatcounter.servers import Sandbox


def test_a_site_is_shown_without_its_secret_and_with_its_lists_as_lists(newer: Sandbox) -> None:
    (site,) = newer.read("sites").records["sites"]
    assert site["site_id"] == site["id"] == newer.site_id
    assert "secret" not in site["settings"]
    assert "setttings" not in site
    assert site["settings"]["collect_regions"] == ["US", "RU", "CN"]
    assert site["settings"]["ignore_ips"] == []
    assert site["settings"]["collect"] == 510
    assert site["user_defaults"]["timezone"] == ".UTC"


def test_a_site_that_is_set_twice_comes_once(newer: Sandbox) -> None:
    newer.add(make_view("/a"))
    again = {"site_url": f"{newer.url}/", "token": newer.token}
    run = newer.read("hits", "paths", "sites", sites=[again])
    assert {stream: len(records) for stream, records in run.records.items()} == dict.fromkeys(
        ("hits", "paths", "sites"), 1
    )


@pytest.mark.parametrize("change", [{"ignore_ips": None}, {"collect_regions": ["US"]}])
def test_a_list_in_another_form_fails_alone(newer: Sandbox, change: dict[str, Any]) -> None:
    newer.add(make_view("/a"))
    settings = {"collect": 510, "ignore_ips": "", "collect_regions": "", "allow_embed": ""}
    site = {
        "id": 1,
        "code": "a",
        "cname": None,
        "first_hit_at": None,
        "created_at": "2026-01-01T00:00:00Z",
        "setttings": {**settings, **change},
    }
    newer.server.faults.add(
        "GET", "/api/v0/sites", Answer(200, json.dumps({"sites": [site]})), times=None
    )
    run = newer.fail_to_read("sites", "paths")
    assert f"setttings.{next(iter(change))}" in run.error
    assert len(run.records["paths"]) == 1
