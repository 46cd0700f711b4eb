"""What hangs from apps, templates, versions and companies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.faults import Answer
from tests.singer import keys_of

if TYPE_CHECKING:
    from tests.tap_apparena.command_line import Tap
    from tests.tap_apparena.places import Place

JSON = {"Content-Type": "application/json"}


def failing(status: int) -> Answer:
    body = {"status": status, "message": "What the server says."}
    return Answer(status, json.dumps(body), JSON)


def by(records: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    return [record for record in records if wanted.items() <= record.items()]


def test_a_row_tells_who_was_asked_and_where_it_is_stored(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.settings(), "app_configs")
    (own,) = by(run.records["app_configs"], sourceAppId=41207, configId="headline")
    assert (own["appId"], own["templateId"], own["projectId"]) == (41207, None, None)
    (inherited,) = by(run.records["app_configs"], sourceAppId=41207, configId="color_primary")
    assert (inherited["appId"], inherited["templateId"]) == (None, 311)
    (defined,) = by(run.records["app_configs"], sourceAppId=41207, configId="show_ranking")
    assert (defined["projectId"], defined["version"]) == (44, "2.1.0")
    assert "apps" not in run.records


def test_languages_of_apps_are_merged_and_those_of_others_are_never_activated(
    place: Place, tap: Tap
) -> None:
    run = tap.succeed(place.settings(), "app_languages", "template_languages", "version_languages")
    rows = {row["lang"]: row for row in by(run.records["app_languages"], sourceAppId=41207)}
    assert rows["de_DE"]["activated"] is True
    assert rows["de_DE"]["available"] is True
    assert (rows["de_DE"]["appId"], rows["de_DE"]["projectId"]) == (41207, 44)
    assert rows["fr_FR"]["activated"] is False
    for stream in ("template_languages", "version_languages"):
        assert {row["activated"] for row in run.records[stream]} == {None}


def test_contents_are_asked_for_in_each_language_and_never_come_twice(
    place: Place, tap: Tap
) -> None:
    run = tap.succeed(place.settings(languages=["de_DE", "en_US"]), "app_translations")
    received = place.received("/apps/41207/translations")
    assert sorted(request.query["lang"] for request in received) == [["de_DE"], ["en_US"]]
    keys = [
        (row["sourceAppId"], row["translationId"], row["lang"])
        for row in run.records["app_translations"]
    ]
    assert len(keys) == len(set(keys))


def test_contents_of_versions_are_asked_for_by_their_number(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.settings(), "version_configs")
    versions = {request.query["version"][0] for request in place.received("/projects/44/configs")}
    assert versions == {"2.0.0", "2.1.0"}
    defined = by(run.records["version_configs"], sourceProjectId=44, sourceVersion="2.1.0")
    assert {row["version"] for row in defined} == {"2.1.0"}
    assert "versions" not in run.records


def test_companies_can_be_named_instead_of_listed(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.settings(company_ids=[12, 57, 12]), "company_apps", "company_users")
    assert {row["sourceCompanyId"] for row in run.records["company_apps"]} == {12, 57}
    assert place.received("/customers") == []
    assert len(place.received("/companies/12/apps")) == 1


def test_a_user_of_two_companies_comes_once(place: Place, tap: Tap) -> None:
    user = {"803": {"userId": 803, "companyId": 57}}
    answer = Answer(200, json.dumps({"_embedded": {"data": user}}), JSON)
    for company in (57, 58):
        place.server.faults.add("GET", f"/api/v2/companies/{company}/users", answer)
    run = tap.succeed(place.settings(company_ids=[57, 58]), "company_users")
    assert [record["userId"] for record in run.records["company_users"]] == [803]


def test_children_come_in_the_order_of_their_parents(place: Place, tap: Tap) -> None:
    place.server.latency = 0.01
    alone = tap.succeed(place.settings(max_concurrency=1), "apps", "app_configs")
    ahead = tap.succeed(place.settings(max_concurrency=8), "apps", "app_configs")
    kinds = [(message["type"], message.get("record")) for message in alone.output.messages]
    assert [(message["type"], message.get("record")) for message in ahead.output.messages] == kinds


def test_children_are_announced_once(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.settings(), "app_infos")
    assert run.output.kinds("app_infos").count("SCHEMA") == 1


@pytest.mark.parametrize("under_200", [False, True])
def test_a_parent_that_is_gone_is_skipped_and_counted(
    place: Place, tap: Tap, *, under_200: bool
) -> None:
    answer = failing(404)
    if under_200:
        answer = Answer(200, json.dumps({"status": 404, "message": "gone"}), JSON)
    place.server.faults.add("GET", "/api/v2/apps/41207/configs", answer, times=None)
    run = tap.succeed(place.settings(), "app_configs")
    assert by(run.records["app_configs"], sourceAppId=41207) == []
    assert run.records["app_configs"]
    assert "app_configs: 1 skipped, gone meanwhile." in run.log


def test_a_child_that_fails_fails_alone(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/api/v2/apps/41207/configs", failing(500), times=None)
    run = tap.fail(place.settings(max_retries=0), "apps", "app_configs", "app_infos")
    assert "1 part(s) of the sync failed" in run.log
    assert "app_configs of 41207: GET /api/v2/apps/41207/configs answered 500" in run.log
    assert by(run.records["app_infos"], sourceAppId=41207)
    assert by(run.records["apps"], appId=41207)
    assert run.records["app_configs"]


def test_a_missing_right_ends_a_stream_after_three_parents(place: Place, tap: Tap) -> None:
    place.server.add_key("narrow-key", rights=["app", "info"])
    settings = place.settings(api_key="narrow-key", max_concurrency=1)
    run = tap.fail(settings, "apps", "app_configs", "app_infos")
    asked = [one for one in place.server.requests if one.path.endswith("/configs")]
    assert len(asked) == 3
    assert "The key or token is known but lacks the right" in run.log
    assert run.records["app_infos"]
    assert len(run.records["apps"]) == 45


def test_passing_failures_are_tried_again(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", "/api/v2/apps/41207/infos", failing(503))
    run = tap.succeed(place.settings(), "app_infos")
    assert by(run.records["app_infos"], sourceAppId=41207)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(200, "<html>Login</html>", {"Content-Type": "text/html"}), "a login or a maint"),
        (Answer(200, '{"status": 400, "message": "No."}', JSON), "answered 400: No."),
        (Answer(200, '{"secret-value": 1}', JSON), "There is no '_embedded.data' in it"),
        (Answer(302, "", {"Location": "https://elsewhere.example/x"}), "follows no redirects"),
        (Answer(401, "{}", JSON), "Check 'api_key'"),
    ],
)
def test_answers_that_are_no_data_are_told(
    place: Place, tap: Tap, answer: Answer, words: str
) -> None:
    place.server.faults.add("GET", "/api/v2/templates", answer, times=None)
    run = tap.fail(place.settings(), "templates", "projects")
    assert words in run.log
    assert "secret-value" not in run.log
    assert len(run.records["projects"]) == 2


def test_a_version_belongs_to_the_project_that_was_asked(place: Place, tap: Tap) -> None:
    body = {"_embedded": {"data": [{"variant": 2.5, "projectId": "9999", "lang": "de_DE"}]}}
    place.server.faults.add(
        "GET", "/api/v2/projects/44/versions", Answer(200, json.dumps(body), JSON), times=None
    )
    run = tap.succeed(place.settings(), "versions")
    (version,) = by(run.records["versions"], projectId=44)
    assert version["variant"] == "2.5"


def test_a_token_that_expires_midway_fails_what_is_left_and_the_next_run_has_all(
    place: Place, tap: Tap
) -> None:
    place.server.faults.add("GET", "/api/v2/apps/*", failing(401), times=None, skip=30)
    settings = place.settings(page_size=10, max_concurrency=1)
    first = tap.fail(settings, "apps", "app_infos")
    assert "or get a new 'jwt'" in first.log
    assert len(place.received("/apps/41207/infos")) == 1
    place.server.faults.clear()
    second = tap.succeed(settings, "apps", "app_infos", state=first.state)
    whole = tap.succeed(settings, "apps", "app_infos")
    for stream in ("apps", "app_infos"):
        keys = {*keys_of(first.output, stream), *keys_of(second.output, stream)}
        assert keys == set(keys_of(whole.output, stream))
