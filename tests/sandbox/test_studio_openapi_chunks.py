"""How the sandbox's Open API gives long lists in chunks, and what may happen between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.studio_openapi import Mode, Studio, StudioOpenApi, quirks
from tests.sandbox.studio_openapi_client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

CUSTOMERS = 230


@pytest.fixture
def tenant() -> StudioOpenApi:
    """A tenant whose only studio has so many members that they take five chunks."""
    sandbox = StudioOpenApi()
    sandbox.add_studio("key", customers=CUSTOMERS, statuses=("MEMBER",))
    return sandbox


@pytest.fixture
def studio(tenant: StudioOpenApi) -> Studio:
    """The studio."""
    return tenant.studios[0]


@pytest.fixture
def client(tenant: StudioOpenApi) -> Iterator[Client]:
    """A client of the studio."""
    with tenant.serve() as url:
        yield Client(url, "key")


def ids(records: list[dict[str, Any]]) -> list[int]:
    """The ids of records."""
    return [record["id"] for record in records]


def test_customers_go_by_the_last_id(client: Client, studio: Studio) -> None:
    chunks = list(client.chunks("/customers", sliceSize=50))
    assert [len(chunk["result"]) for chunk in chunks] == [50, 50, 50, 50, 30]
    assert [chunk["hasNext"] for chunk in chunks] == [True, True, True, True, False]
    for chunk in chunks:
        assert chunk["offset"] == str(chunk["result"][-1]["id"])
    assert ids([one for chunk in chunks for one in chunk["result"]]) == list(studio.customers)


def test_customers_are_those_of_one_status(client: Client, tenant: StudioOpenApi) -> None:
    tenant.version = "1.12.1"
    tenant.add_studio("mixed", customers=100)
    mixed = Client(client.url, "mixed")
    counts = {
        status: len(mixed.all("/customers", sliceSize=50, customerStatus=status))
        for status in ("MEMBER", "PROSPECT", "FORMER_MEMBER")
    }
    assert counts == {"MEMBER": 70, "PROSPECT": 20, "FORMER_MEMBER": 10}
    assert len(mixed.all("/customers", sliceSize=50)) == 70


def test_the_old_parameter_for_the_last_id_works(client: Client, studio: Studio) -> None:
    found = client.get("/customers", lastOffsetId=studio.id_of(99), sliceSize=50).json["result"]
    assert ids(found) == [studio.id_of(place) for place in range(100, 150)]


def test_what_is_removed_behind_the_last_id_takes_nothing_from_later_chunks(
    client: Client, studio: Studio
) -> None:
    expected = list(studio.customers)
    found: list[int] = []
    for chunk in client.chunks("/customers", sliceSize=50):
        found += ids(chunk["result"])
        del studio.customers[found[-1]]
    assert found == expected


def test_transactions_go_by_position(client: Client, studio: Studio) -> None:
    path = f"/customers/{studio.id_of(2)}/account/transactions"
    chunks = list(client.chunks(path, sliceSize=25))
    assert [len(chunk["result"]) for chunk in chunks] == [25, 25, 10]
    assert [chunk["offset"] for chunk in chunks] == ["25", "50", "75"]
    found = ids([one for chunk in chunks for one in chunk["result"]])
    assert found == ids(studio.transactions.peek(studio.id_of(2)))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("path", ["/customers", "/employees"])
def test_an_endpoint_may_go_by_either(
    client: Client, tenant: StudioOpenApi, studio: Studio, mode: Mode, path: str
) -> None:
    tenant.modes[f"/v1{path}"] = mode
    chunks = list(client.chunks(path, sliceSize=50))
    found = ids([one for chunk in chunks for one in chunk["result"]])
    everything = list(studio.customers) if path == "/customers" else ids(studio.employees)
    assert found == everything
    if mode is Mode.POSITION:
        offsets = [str(50 * place) for place in range(1, len(chunks) + 1)]
    else:
        offsets = [str(chunk["result"][-1]["id"]) for chunk in chunks]
    assert [chunk["offset"] for chunk in chunks] == offsets


def test_rows_that_come_between_two_chunks_shift_positions(
    client: Client, tenant: StudioOpenApi, studio: Studio
) -> None:
    member = studio.id_of(2)
    path = "/v1/customers/{customerId}/account/transactions"
    before = ids(studio.transactions[member])
    new = {**studio.transactions[member][0], "id": 1}
    tenant.quirks[path] = quirks.AfterChunk(lambda one: one.transactions[member].insert(0, new))
    found = ids(client.all(f"/customers/{member}/account/transactions", sliceSize=50))
    assert found == [*before[:50], before[49], *before[50:]]


def test_rows_that_go_between_two_chunks_hide_others(
    client: Client, tenant: StudioOpenApi, studio: Studio
) -> None:
    member = studio.id_of(2)
    path = "/v1/customers/{customerId}/account/transactions"
    before = ids(studio.transactions[member])
    tenant.quirks[path] = quirks.AfterChunk(lambda one: one.transactions[member].pop(0))
    found = ids(client.all(f"/customers/{member}/account/transactions", sliceSize=50))
    assert found == [*before[:50], *before[51:]]


@pytest.mark.parametrize("path", ["/customers", "/classes/slots"])
def test_empty_chunks_may_promise_more(client: Client, tenant: StudioOpenApi, path: str) -> None:
    expected = client.all(path, sliceSize=50)
    tenant.quirks[f"/v1{path}"] = quirks.HollowChunks()
    chunks = list(client.chunks(path, sliceSize=50))
    assert [bool(chunk["result"]) for chunk in chunks] == [False, True] * (len(chunks) // 2)
    found = [one["id"] for chunk in chunks for one in chunk["result"]]
    assert found == ids(expected)


def last_chunk(client: Client, studio: Studio) -> dict[str, Any]:
    """The chunk after the hundred and ninety-ninth customer."""
    offset = str(studio.id_of(199))
    chunk: dict[str, Any] = client.get("/customers", offset=offset, sliceSize=50).json
    assert len(chunk["result"]) == 30
    return chunk


def test_the_end_may_lack_an_offset(client: Client, tenant: StudioOpenApi, studio: Studio) -> None:
    tenant.quirks["/v1/customers"] = quirks.end_without_offset
    assert last_chunk(client, studio).keys() == {"result", "hasNext"}
    tenant.quirks["/v1/customers"] = quirks.end_with_null_offset
    assert last_chunk(client, studio)["offset"] is None


def test_the_end_may_promise_more(client: Client, tenant: StudioOpenApi, studio: Studio) -> None:
    tenant.quirks["/v1/customers"] = quirks.unchanged_offset_at_end
    chunk = last_chunk(client, studio)
    assert (chunk["hasNext"], chunk["offset"]) == (True, str(studio.id_of(199)))
    tenant.quirks["/v1/customers"] = quirks.null_offset_with_more
    chunk = last_chunk(client, studio)
    assert (chunk["hasNext"], chunk["offset"]) == (True, None)


def test_offsets_may_have_their_old_name_as_well(client: Client, tenant: StudioOpenApi) -> None:
    tenant.quirks["/v1/customers"] = quirks.old_name_of_offset
    chunk = client.get("/customers").json
    assert chunk["lastOffsetId"] == chunk["result"][-1]["id"]


def test_data_may_change_while_they_are_read(client: Client, studio: Studio) -> None:
    added = studio.add_customer(firstName="Ada", status="PROSPECT")
    assert client.get(f"/customers/{added['id']}").json["firstName"] == "Ada"
    assert ids(client.all("/customers", sliceSize=50, customerStatus="PROSPECT")) == [added["id"]]
    member = studio.id_of(0)
    studio.customers[member]["houseNumber"] = 7
    studio.contracts[member].clear()
    assert client.get(f"/customers/{member}").json["houseNumber"] == 7
    assert client.get(f"/customers/{member}/contracts").json == []
    studio.contracts[member].append({"id": 5, "contractStatus": "ACTIVE"})
    assert client.get("/memberships/5/self-service/idle-periods").status == 200
    del studio.customers[member]
    assert client.get(f"/customers/{member}").status == 404


def test_what_is_taken_to_be_changed_is_nobody_elses(studio: Studio) -> None:
    one = studio.id_of(0)
    studio.customers[one]["bankAccount"]["iban"] = "changed"
    assert studio.customers.peek(one)["bankAccount"]["iban"] == "changed"
    others = (studio.customers.peek(number) for number in studio.customers if number != one)
    assert not any((record.get("bankAccount") or {}).get("iban") == "changed" for record in others)


def test_thousands_of_customers_are_not_made_before_they_are_read() -> None:
    tenant = StudioOpenApi()
    studio = tenant.add_studio("key", customers=20_000, statuses=("MEMBER",))
    with tenant.serve() as url:
        chunk = Client(url, "key").get("/customers", offset=studio.id_of(19_499), sliceSize=500)
    assert ids(chunk.json["result"]) == [studio.id_of(place) for place in range(19_500, 20_000)]
    assert not studio.customers.kept()
