"""What the settings accept, what they ask for, and what they never give away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tap_apparena.connection import connection
from tests.sandbox.apparena import AppArena
from tests.sandbox.faults import Answer
from tests.singer import selecting
from tests.tap_apparena.places import KEY, NAMES, Place

if TYPE_CHECKING:
    from tests.tap_apparena.command_line import Tap

SECRET = {"api_key": "k", "allow_http": False}


@pytest.mark.parametrize(
    ("api_url", "url"),
    [
        ("https://my.app-arena.com/api/v2/", "https://my.app-arena.com/api/v2"),
        (" https://v25-stage.app-arena.com/api/v2", "https://v25-stage.app-arena.com/api/v2"),
        ("http://127.0.0.1:8080/api/v2/", "http://127.0.0.1:8080/api/v2"),
    ],
)
def test_the_address_of_the_api(api_url: str, url: str) -> None:
    assert connection({**SECRET, "api_url": api_url}).url == url


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Set 'api_key'"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": "a", "jwt": "b"}, "and not both"),
        ({"api_key": "two words"}, "belongs to no key"),
        ({"api_key": "a\n"}, "belongs to no key"),
        ({"api_key": "k", "api_url": "http://elsewhere.example/"}, "unencrypted"),
        ({"api_key": "k", "api_url": "https://u:p@a.example/"}, "user and password"),
        ({"api_key": "k", "api_url": "https://[a.example/"}, "must be an address"),
        ({"api_key": "k", "api_url": "https://a.example:99999/"}, "must be an address"),
        ({"api_key": "k", "company_ids": ["12/../13"]}, "company_ids"),
        ({"api_key": "k", "company_ids": [0]}, "company_ids"),
        ({"api_key": "k", "filters": {"apps": ["filter.name[eq]="]}}, "any text"),
        ({"api_key": "k", "filters": {"apps": ["filter.appId[gt]=\u0667"]}}, "with digits"),
        ({"api_key": "k", "filters": {"apps": "filter.appId[gt]=7"}}, "is not of type 'array'"),
        ({"api_key": "k", "relations": {"apps": ["_links"]}}, "has only: company, template"),
        ({"api_key": "k", "order_style": "desc"}, "desc"),
        ({"api_key": "k", "page_size": 0}, "page_size"),
        ({"api_key": "k", "languages": ["de-DE"]}, "de-DE"),
        ({"api_key": "k", "filters": {"app_languages": []}}, "can be filtered"),
        ({"api_key": "k", "filters": {"apps": ["expiryDate[gt]=2026-11-25"]}}, "look like"),
        ({"api_key": "k", "filters": {"apps": ["filter.colour[eq]=red"]}}, "names no field"),
        ({"api_key": "k", "filters": {"apps": ["filter.name[gt]=a"]}}, "eq, match, neq, not"),
        ({"api_key": "k", "filters": {"apps": ["filter.appId[eq]=x"]}}, "with digits"),
        ({"api_key": "k", "filters": {"apps": ["filter.expiryDate[gt]=2026-02-30"]}}, "a day"),
        ({"api_key": "k", "filters": {"apps": ["filter.activated[eq]=yes"]}}, "true, false"),
        ({"api_key": "k", "relations": {"app_configs": ["app"]}}, "have any"),
        ({"api_key": "k", "relations": {"apps": ["configs"]}}, "has only: company, template"),
        ({"api_key": "k", "relations": {"customers": ["apikeys"]}}, "hand out credentials"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_any_request(
    tap: Tap, settings: dict[str, Any], words: str
) -> None:
    run = tap.fail(settings)
    assert words in run.log
    assert run.output.messages == []


def test_an_error_about_a_secret_does_not_quote_it(tap: Tap) -> None:
    run = tap.fail({"api_key": ["very-secret-sentinel"]})
    assert "very-secret-sentinel" not in run.log
    assert "***" in run.log


@pytest.mark.parametrize("trouble", ["none", "unauthorized", "redirect"])
def test_the_key_appears_nowhere(place: Place, tap: Tap, trouble: str) -> None:
    settings = place.settings(page_size=10)
    if trouble == "unauthorized":
        settings["api_key"] = f"wrong-{KEY}"
    if trouble == "redirect":
        answer = Answer(302, "", {"Location": "https://elsewhere.example/apps"})
        place.server.faults.add("GET", "/api/v2/apps", answer, times=None)
    found = tap.run_with(settings=settings, environment={"TAP_APPARENA_LOGLEVEL": "DEBUG"})
    assert (found.returncode == 0) is (trouble == "none")
    assert KEY not in found.stdout + found.stderr


def test_the_key_goes_out_bare_and_a_token_as_its_bearer(place: Place, tap: Tap) -> None:
    place.server.add_jwt("a.b.c")
    tap.succeed(place.settings(), "projects")
    settings = place.settings(jwt="a.b.c")
    tap.succeed(settings, "projects")
    sent = [request.headers["authorization"] for request in place.received("/projects")]
    assert sent == [KEY, "Bearer a.b.c"]


def test_settings_come_from_the_environment_too(place: Place, tap: Tap) -> None:
    found = tap.run_with(
        "--config=ENV",
        environment={
            "TAP_APPARENA_API_URL": place.url,
            "TAP_APPARENA_API_KEY": KEY,
            "TAP_APPARENA_FILTERS": json.dumps({"apps": ["filter.appId[eq]=41207"]}),
        },
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.count('"stream":"apps","record"') == 1


def test_the_secrets_are_marked_as_such(tap: Tap) -> None:
    about = json.loads(tap.run_with("--about", "--format=json").stdout)
    secrets = [name for name, item in about["settings"]["properties"].items() if item.get("secret")]
    assert secrets == ["api_key", "jwt"]


def test_filters_and_relations_reach_the_server_in_its_own_spelling(place: Place, tap: Tap) -> None:
    settings = place.settings(
        filters={
            "apps": ["Filter.APPID[GTE]=41209"],
            "app_configs": ["filter.type[eq]=input"],
        },
        relations={"apps": ["company", "languages"]},
    )
    run = tap.succeed(settings, "apps", "app_configs")
    query = place.received("/apps")[0].query
    assert query["filter.appId[gte]"] == ["41209"]
    assert query["rel"] == ["company,languages"]
    assert min(record["appId"] for record in run.records["apps"]) == 41209
    assert {record["type"] for record in run.records["app_configs"]} == {"input"}
    assert all(record["company"]["companyId"] == 12 for record in run.records["apps"])
    assert "company" in run.output.schemas["apps"]["schema"]["properties"]


def test_values_of_filters_are_encoded(place: Place, tap: Tap) -> None:
    tap.succeed(place.settings(filters={"apps": ["filter.name[eq]=a&b #ü"]}), "apps")
    assert place.received("/apps")[0].query["filter.name[eq]"] == ["a&b #ü"]


def test_values_of_filters_stay_out_of_the_log(tap: Tap) -> None:
    nowhere = Place("http://127.0.0.1:9/api/v2", AppArena())
    wanted = {"apps": ["filter.createdBy[eq]=sentinel-ada"]}
    run = tap.fail(nowhere.settings(filters=wanted), "apps")
    assert "Trying again in 2 seconds: no answer to GET /api/v2/apps" in run.log
    assert "sentinel-ada" not in run.log


def test_personal_data_stays_out_of_schemas_and_records(place: Place, tap: Tap) -> None:
    place.server.quirks.audit = True
    settings = place.settings(
        include_personal_data=False,
        unknown_fields="keep",
        relations={"apps": ["company", "languages"]},
    )
    run = tap.succeed(settings, *NAMES)
    text = json.dumps([run.output.schemas, run.records])
    for name in ("email", "firstName", "telephone", "createdFromIp", "updatedBy", "address1"):
        assert f'"{name}"' not in text
    assert run.records["company_users"][0].keys() >= {"userId", "companyId", "lang"}
    assert run.records["apps"][0]["company"]["name"]


def test_unknown_fields_are_told_kept_or_fail(place: Place, tap: Tap) -> None:
    place.server.quirks.unknown_fields = True
    warned = tap.succeed(place.settings(), "projects", "app_channels")
    assert "left out: renewalHint, score" in warned.log
    kept = tap.succeed(place.settings(unknown_fields="keep"), "projects", "app_channels")
    assert kept.records["projects"][0]["unknown_fields"].keys() == {"renewalHint", "score"}
    failed = tap.fail(place.settings(unknown_fields="fail"), "projects")
    assert "unknown here: " in failed.log


def test_the_check_of_access_reads_no_data_and_names_what_fails(place: Place, tap: Tap) -> None:
    place.server.add_key("narrow-key", rights=["app", "template", "project"])
    found = tap.run_with("--test", settings=place.settings(api_key="narrow-key"))
    assert found.returncode != 0
    assert "apps: may be read." in found.stderr
    assert "customers: GET /api/v2/customers answered 403" in found.stderr
    assert [request.query["items"] for request in place.server.requests] == [["1"]] * 4
    assert found.stdout == ""


def test_the_check_of_access_tells_what_is_wrong_with_settings(tap: Tap) -> None:
    found = tap.run_with("--test", settings={"api_key": "k", "jwt": "t"})
    assert found.returncode != 0
    assert "and not both" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_catalog_of_other_settings_does_not_matter(place: Place, tap: Tap) -> None:
    catalog = selecting(tap.discover(place.settings()), "projects")
    place.server.quirks.unknown_fields = True
    settings = place.settings(
        unknown_fields="keep", include_personal_data=False, relations={"projects": ["company"]}
    )
    run = tap.succeed(settings, catalog=catalog)
    properties = run.output.schemas["projects"]["schema"]["properties"]
    assert {"unknown_fields", "company"} <= properties.keys()
    assert "createdBy" not in properties
    assert all(record.keys() == properties.keys() for record in run.records["projects"])


def test_nothing_kept_is_null(place: Place, tap: Tap) -> None:
    run = tap.succeed(place.settings(unknown_fields="keep"), "projects")
    assert {record["unknown_fields"] for record in run.records["projects"]} == {None}


def test_kept_fields_hold_no_personal_data_at_any_depth(place: Place, tap: Tap) -> None:
    row = {"projectId": 44, "owner": {"email": "a@b.example", "role": "x"}, "createdBy": "mkoch"}
    body = json.dumps({"_embedded": {"data": [row]}, "total_items": 1, "page_count": 1})
    place.server.faults.add("GET", "/api/v2/projects", Answer(200, body), times=None)
    settings = place.settings(unknown_fields="keep", include_personal_data=False)
    (record,) = tap.succeed(settings, "projects").records["projects"]
    assert record["unknown_fields"] == {"owner": {"role": "x"}}
