"""Who may read what in the sandbox's App-Arena, and what is said of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.apparena import Key

if TYPE_CHECKING:
    from tests.sandbox.apparena import AppArena
    from tests.sandbox.apparena_client import Client


def test_a_list_holds_what_the_callers_company_owns(arena: AppArena, client: Client) -> None:
    assert client.ids("templates") == ["310", "311", "312", "320"]
    assert client.ids("projects") == ["44", "51"]
    assert len(client.data("customers?items=100")) == 31
    arena.add_key("key", company_id=57)
    assert client.ids("apps") == ["41300"]
    assert client.ids("templates") == ["402"]
    assert client.ids("customers") == ["190"]


def test_what_belongs_to_others_is_not_there(client: Client) -> None:
    for target in ("apps/41310", "templates/910", "projects/91", "companies/500", "companies/3"):
        assert client.get(target).status_code == 404, target
        assert client.get(f"{target}/configs").status_code == 404, target
    for target in ("apps/41300", "templates/402/configs", "projects/77/versions", "companies/190"):
        assert client.get(target).status_code == 200, target


def test_public_things_can_be_read_by_others(arena: AppArena, client: Client) -> None:
    arena.add_key("key", company_id=57)
    assert client.data("templates/311")["name"] == "Photo vote blue"
    assert client.data("projects/44/configs")["layout"]["value"] == "grid"
    assert client.get("templates/310").status_code == 404
    assert client.get("projects/51").status_code == 404


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("apps/1", 404),
        ("apps/1/configs", 404),
        ("apps/x", 404),
        ("apps/", 404),
        ("apps/41207/configs/nothing", 404),
        ("apps/41207/translations/btn_vote", 404),
        ("apps/41207/channels/9031", 404),
        ("projects/44/versions/9.9.9", 404),
        ("projects/44/versions/2.1.0/configs", 404),
        ("projects/44/configs?version=9.9.9", 404),
        ("companies/57/users/820", 404),
        ("companies/12/customers/190", 404),
        ("customers/57/apps", 404),
        ("versions/50004/configs", 404),
        ("", 404),
    ],
)
def test_what_is_not_there_is_an_error(client: Client, target: str, status: int) -> None:
    answer = client.get(target)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.json()["message"]


def test_only_reading_is_possible(client: Client) -> None:
    answer = client.session.post(f"{client.url}apps", headers={"Authorization": "key"}, timeout=10)
    assert answer.status_code == 405


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("key", 200),
        ("Bearer token", 200),
        ("Bearer old", 401),
        ("Bearer key", 401),
        ("token", 401),
        ("Basic key", 401),
        ("other", 401),
        ("", 401),
    ],
)
def test_a_key_comes_bare_and_a_token_after_bearer(
    arena: AppArena, client: Client, authorization: str, status: int
) -> None:
    arena.add_jwt("token")
    arena.add_jwt("old").expired = True
    assert client.get("apps", authorization).status_code == status


def test_a_token_expires_while_it_is_used(arena: AppArena, client: Client) -> None:
    token = arena.add_jwt("token")
    assert client.get("apps", "Bearer token").status_code == 200
    token.expired = True
    assert client.get("apps", "Bearer token").status_code == 401


def test_a_key_reads_what_it_has_the_right_to(arena: AppArena, client: Client) -> None:
    arena.add_key("key", rights={"app", "info"})
    assert client.get("apps").status_code == 200
    assert client.get("apps/41207/infos").status_code == 200
    assert client.get("apps/41207/configs").status_code == 403
    arena.quirks.forbidden_status = 401
    assert client.get("templates").status_code == 401


def test_a_right_must_exist() -> None:
    with pytest.raises(ValueError, match="no such rights"):
        Key(12, frozenset({"apps"}))


def test_only_store_owners_list_companies(arena: AppArena, client: Client) -> None:
    assert client.get("companies").status_code == 403
    assert client.get("companies/57/apps").status_code == 200
    arena.quirks.companies_for_store_owners = True
    assert client.get("companies/57/apps").status_code == 403
    assert client.get("customers/57").status_code == 200
    arena.add_key("key", store_owner=True)
    assert client.json("companies")["total_items"] == 34
    assert client.get("companies/3/apps").status_code == 200
    assert client.get("companies/500/apps").status_code == 404
