"""What belongs to each company."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server


def test_companies_can_be_named_instead_of_listed(server: Server) -> None:
    run = server.read("company_apps", "company_users", company_ids=[12, 57, 12])

    assert {row["sourceCompanyId"] for row in run.records["company_apps"]} == {12, 57}
    assert server.received("/customers") == []
    assert len(server.received("/companies/57/apps")) == 1


def test_a_user_of_two_companies_comes_once(server: Server) -> None:
    server.respond("/companies/57/users", [{"userId": "803", "companyId": 57}])
    server.respond("/companies/58/users", [{"userId": 803, "companyId": 57}])

    run = server.read("company_users", company_ids=[57, 58])

    assert [record["userId"] for record in run.records["company_users"]] == [803]


def test_users_who_fit_on_a_page_cost_one_request_whatever_the_usual_page_holds(
    server: Server,
) -> None:
    for _ in range(22):
        server.sandbox.data.add_user(57)

    run = server.read("company_users", company_ids=[57])

    assert len(run.records["company_users"]) >= 22
    assert len(server.received("/companies/57/users")) == 1


@pytest.mark.parametrize("body", ["null", "false", "0", '""', "{}", '{"7": {"channelId": 7}}'])
def test_channels_that_are_missing_are_not_taken_for_none(server: Server, body: str) -> None:
    server.respond("/companies/57/channels", body)

    run = server.fail("company_channels", company_ids=[57, 12])

    assert "company_channels of 57: GET /api/v2/companies/57/channels answered 200" in run.error
    assert {row["sourceCompanyId"] for row in run.records["company_channels"]} == {12}


def test_a_company_may_have_no_channels(server: Server) -> None:
    server.respond("/companies/57/channels", "[]")

    assert server.read("company_channels", company_ids=[57]).records["company_channels"] == []
