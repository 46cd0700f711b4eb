"""What every stream asks for, and what none gives away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.tap_apparena.servers import NAMES, select_rows

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server


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
    small_server.sandbox.data.projects[44]["owner"] = {"email": "a@b.example", "role": "x"}
    relations = {"apps": ["company", "languages"]}

    run = small_server.read(
        *NAMES, include_personal_data=False, unknown_fields="keep", relations=relations
    )

    text = json.dumps([run.output.schemas, run.records])
    for name in ("email", "firstName", "telephone", "createdFromIp", "updatedBy", "address1"):
        assert f'"{name}"' not in text
    assert run.records["company_users"][0].keys() >= {"userId", "companyId", "lang"}
    assert run.records["apps"][0]["company"]["name"]
    (project,) = select_rows(run.records["projects"], projectId=44)
    assert project["unknown_fields"] == {"owner": {"role": "x"}}
