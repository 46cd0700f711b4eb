"""Who may read what of the sandbox's Open API, and what it says to everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.studio_openapi import Studio, StudioOpenApi
from tests.sandbox.studio_openapi.endpoints import documented
from tests.sandbox.studio_openapi_client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

DENIED = (403, "errormessage.access.denied", None)
UNKNOWN = (404, "errormessage.entity.not.found", None)


@pytest.fixture
def client(tenant: StudioOpenApi) -> Iterator[Client]:
    """A client with the key of the first studio."""
    with tenant.serve() as url:
        yield Client(url, "kiel")


def test_the_key_decides_on_the_studio(client: Client) -> None:
    kiel = client.get("/studios/information").json
    bonn = Client(client.url, "bonn").get("/studios/information").json
    assert (kiel["name"], bonn["name"]) == ("Kiel", "Bonn")
    assert kiel["studioId"] != bonn["studioId"]
    for key, information in (("kiel", kiel), ("bonn", bonn)):
        customers = Client(client.url, key).all("/customers", sliceSize=50)
        assert {customer["studioId"] for customer in customers} == {information["studioId"]}


@pytest.mark.parametrize("key", ["", "KIEL", "kiel-2"])
def test_a_wrong_key_opens_nothing(client: Client, key: str) -> None:
    answer = Client(client.url, key).get("/studios/information")
    assert answer.error == (401, "errormessage.unauthorized", None)


def test_a_head_request_checks_the_key_alone(client: Client, tenant: StudioOpenApi) -> None:
    tenant.set_key("kiel", tenant.studios[0], scopes=[])
    for path in ("/v1/studios/information", "/v1/customers/1", "/v1/customers"):
        answer = client.send("HEAD", path.removeprefix("/v1"))
        assert (answer.status, answer.body) == (200, b"")
    assert Client(client.url, "other").send("HEAD", "/studios/information").status == 401


def test_another_host_has_studios_of_its_own(client: Client) -> None:
    other = StudioOpenApi(first_place=2)
    other.add_studio("kiel")
    with other.serve() as url:
        studios = [Client(one, "kiel").get("/studios/information") for one in (client.url, url)]
        assert studios[0].json["studioId"] != studios[1].json["studioId"]
        assert Client(url, "bonn").get("/studios/information").status == 401


def test_a_key_may_lose_its_studio(client: Client, tenant: StudioOpenApi) -> None:
    tenant.remove_key("kiel")
    assert client.get("/devices").status == 401


def test_each_endpoint_wants_its_scopes(client: Client, tenant: StudioOpenApi) -> None:
    tenant.version = "1.20.1"
    everything = {scope for endpoint in documented().values() for scope in endpoint.scopes}
    for endpoint in documented().values():
        path = endpoint.path.removeprefix("/v1")
        tenant.set_key("kiel", tenant.studios[0], everything - {*endpoint.scopes})
        assert client.send(endpoint.method, path).error == DENIED
        tenant.set_key("kiel", tenant.studios[0], endpoint.scopes[:1])
        assert client.send(endpoint.method, path).status != 403


def test_a_scope_may_be_one_of_several(client: Client, tenant: StudioOpenApi) -> None:
    path = f"/customers/{tenant.studios[0].id_of(0)}/contracts"
    for scope, status in (("CUSTOMER_READ", 200), ("CUSTOMER_CONTRACT_READ", 200), ("X", 403)):
        tenant.set_key("kiel", tenant.studios[0], [scope])
        assert client.get(path).status == status


def test_customers_of_other_studios_are_forbidden_and_others_unknown(
    client: Client, tenant: StudioOpenApi
) -> None:
    foreign = tenant.studios[1].id_of(0)
    for path in ("/customers/{}", "/customers/{}/contracts", "/classes/booking?customerId={}"):
        assert client.get(path.format(foreign)).error == DENIED
        assert client.get(path.format(1)).error == UNKNOWN
    idle_periods = "/memberships/{}1/self-service/idle-periods"
    assert client.get(idle_periods.format(foreign)).error == DENIED
    assert client.get(idle_periods.format(1)).error == UNKNOWN


def test_members_who_do_not_allow_access_are_listed_but_cannot_be_read(
    client: Client, studio: Studio
) -> None:
    member, other = studio.id_of(0), studio.id_of(2)
    studio.opted_out.add(member)
    assert member in {customer["id"] for customer in client.all("/customers", sliceSize=50)}
    for path in (
        "/customers/{}",
        "/customers/{}/contracts",
        "/customers/{}/activities/checkins",
        "/customers/{}/account/balances",
        "/customers/{}/self-service/contact-data",
        "/memberships/{}/self-service/contract-data",
        "/memberships/{}1/self-service/idle-periods",
        "/appointments/booking?customerId={}",
    ):
        expected = (403, "errormessage.third.party.customer.access.disabled", None)
        assert client.get(path.format(member)).error == expected
        assert client.get(path.format(other)).status == 200
