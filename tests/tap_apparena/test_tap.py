"""What the settings ask for, and what a run never gives away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from singer_tapkit.schemas import load_schema
from singer_tapkit.testing import run_tap
from tap_apparena.streams import STREAMS
from tap_apparena.tap import TapAppArena
from tests.sandbox.apparena import AppArena
from tests.tap_apparena.servers import NAMES, Server


@pytest.mark.parametrize("name", NAMES)
def test_each_field_has_a_description_and_only_keys_are_never_null(name: str) -> None:
    (keys,) = (vars(stream)["primary_keys"] for stream in STREAMS if vars(stream)["name"] == name)

    for field, schema in load_schema("tap_apparena", name)["properties"].items():
        assert schema["description"], field
        assert ("null" in schema["type"]) is (field not in keys), field


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"api_key": "k", "api_url": "http://elsewhere.example/"}, "unencrypted"),
        ({"api_key": "k", "company_ids": ["12/../13"]}, "company_ids"),
        ({"api_key": "k", "filters": {"apps": "filter.appId[gt]=7"}}, "is not of type 'array'"),
        ({"api_key": "k", "relations": {"app_configs": ["app"]}}, "have any"),
        ({"api_key": "k", "page_size": 0}, "page_size"),
        ({"api_key": "k", "languages": ["de-DE"]}, "de-DE"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], words: str) -> None:
    run = run_tap(TapAppArena, settings)

    assert (run.exit_code, run.stdout) == (1, b"")
    assert words in run.error


def test_the_secrets_are_marked_as_such() -> None:
    settings = TapAppArena.config_jsonschema["properties"]

    assert [name for name in settings if settings[name].get("secret")] == ["api_key", "jwt"]


def test_filters_and_relations_reach_the_server_in_its_own_spelling(small_server: Server) -> None:
    run = small_server.read(
        "apps",
        "app_configs",
        filters={
            "apps": ["Filter.APPID[GTE]=41209"],
            "app_configs": ["filter.type[eq]=input"],
        },
        relations={"apps": ["company", "languages"]},
    )

    query = small_server.received("/apps")[0].query
    assert query["filter.appId[gte]"] == ["41209"]
    assert query["rel"] == ["company,languages"]
    assert min(record["appId"] for record in run.records["apps"]) == 41209
    assert {record["type"] for record in run.records["app_configs"]} == {"input"}
    assert all(record["company"]["companyId"] == 12 for record in run.records["apps"])
    assert "company" in run.output.schemas["apps"]["schema"]["properties"]


def test_relations_hold_no_links_and_no_keys(server: Server) -> None:
    company = {"name": "Kueste", "apikeys": {"7": {}}, "_links": {}, "createdBy": "mkoch"}
    server.respond("/apps", [{"appId": 7, "company": company, "template": []}])

    run = server.read("apps", relations={"apps": ["company", "template"]})

    (record,) = run.records["apps"]
    assert record["company"] == {"name": "Kueste", "createdBy": "mkoch"}
    assert record["template"] == []


def test_personal_data_stays_out_of_schemas_and_records(small_server: Server) -> None:
    small_server.sandbox.quirks.audit = True
    relations = {"apps": ["company", "languages"]}

    run = small_server.read(
        *NAMES, include_personal_data=False, unknown_fields="keep", relations=relations
    )

    text = json.dumps([run.output.schemas, run.records])
    for name in ("email", "firstName", "telephone", "createdFromIp", "updatedBy", "address1"):
        assert f'"{name}"' not in text
    assert run.records["company_users"][0].keys() >= {"userId", "companyId", "lang"}
    assert run.records["apps"][0]["company"]["name"]


def test_values_of_filters_stay_out_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    nowhere = Server("http://127.0.0.1:9/api/v2", AppArena())
    wanted = {"apps": ["filter.createdBy[eq]=sentinel-ada"]}

    run = nowhere.fail("apps", filters=wanted, max_retries=1)

    assert "Trying again in 2 seconds: no response to GET /api/v2/apps" in run.log
    assert "sentinel-ada" not in run.log
