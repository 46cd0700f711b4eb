"""The languages of apps, templates and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_apparena.servers import select_rows

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server


def test_those_of_apps_are_merged_and_those_of_others_are_never_activated(
    small_server: Server,
) -> None:
    records = small_server.read("app_languages", "template_languages", "version_languages").records

    rows = {row["lang"]: row for row in select_rows(records["app_languages"], sourceAppId=41207)}
    assert (rows["de_DE"]["activated"], rows["de_DE"]["available"]) == (True, True)
    assert (rows["de_DE"]["appId"], rows["de_DE"]["projectId"]) == (41207, 44)
    assert (rows["fr_FR"]["activated"], rows["fr_FR"]["available"]) == (False, True)
    for stream in ("template_languages", "version_languages"):
        assert {row["activated"] for row in records[stream]} == {None}


@pytest.mark.parametrize(
    ("body", "activated"),
    [
        ('{"available": {"de_DE": {"projectId": 44}}, "activated": []}', False),
        ('{"available": {"de_DE": {"projectId": 44}}}', None),
        ('{"available": {"2": {"lang": "de_DE", "projectId": 44}}}', None),
    ],
)
def test_none_activated_differs_from_none_listed(
    small_server: Server, body: str, *, activated: bool | None
) -> None:
    small_server.respond("/apps/*/languages", body)

    rows = small_server.read("app_languages").records["app_languages"]

    assert {(row["lang"], row["projectId"], row["activated"]) for row in rows} == {
        ("de_DE", 44, activated)
    }


@pytest.mark.parametrize("body", ["[]", "{}", '{"activated": {}}', '{"available": null}'])
def test_languages_that_are_missing_are_not_taken_for_none(small_server: Server, body: str) -> None:
    small_server.respond("/apps/41207/languages", body)

    run = small_server.fail("app_languages")

    assert "app_languages of 41207: GET /api/v2/apps/41207/languages answered 200" in run.error
    assert run.records["app_languages"]
