"""Lists are read to their end in both modes of chunking, and fail where their end is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.studio_openapi import Mode, quirks
from tests.tap_studio_openapi.tenant import Tenant, ids_of

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.studio_openapi.application import Call
    from tests.sandbox.studio_openapi.quirks import Quirk

PATH = "/v1/employees"
EMPLOYEES = list(range(5000, 5250))


@pytest.fixture(autouse=True)
def many_employees(tenant: Tenant) -> None:
    """More than two chunks of them."""
    pattern = tenant.kiel.employees[0]
    tenant.kiel.employees[:] = [{**pattern, "id": number} for number in EMPLOYEES]


@pytest.mark.parametrize("mode", list(Mode))
def test_both_modes_bring_every_record_once(tenant: Tenant, mode: Mode) -> None:
    tenant.server.modes[PATH] = mode
    run = tenant.one.succeed("employees")
    assert ids_of(run.records["employees"], tenant.kiel) == EMPLOYEES
    assert [request.query["sliceSize"] for request in tenant.received(PATH)] == [["100"]] * 3
    assert "offset" not in tenant.received(PATH)[0].query


def empty_at_first(call: Call, chunk: dict[str, Any]) -> dict[str, Any]:
    """Before each chunk answer one without rows, whose offset is a number with zeros before it."""
    offset = call.arguments["offset"] or "0"
    if offset.startswith("00"):
        return chunk
    return {"result": [], "hasNext": True, "offset": f"00{offset}"}


ENDS: dict[str, Quirk] = {
    "no offset": lambda _, chunk: chunk if chunk["hasNext"] else {**chunk, "offset": None},
    "hollow chunks": empty_at_first,
}


@pytest.mark.parametrize("quirk", ENDS)
def test_lists_end_where_they_say_so(tenant: Tenant, quirk: str) -> None:
    tenant.server.quirks[PATH] = ENDS[quirk]
    run = tenant.one.succeed("employees")
    assert ids_of(run.records["employees"], tenant.kiel) == EMPLOYEES


ENDLESS: dict[str, Quirk] = {
    "offset stays": lambda _, chunk: {**chunk, "hasNext": True, "offset": "7"},
    "no offset": lambda _, chunk: {**chunk, "hasNext": True, "offset": None},
    "no hasNext": lambda _, chunk: {"result": chunk["result"], "offset": "7"},
    "null hasNext": lambda _, chunk: {**chunk, "hasNext": None},
    "null result": lambda _, chunk: {**chunk, "result": None},
    "no envelope": lambda _, chunk: chunk["result"],
    "offset rises": lambda call, _: {
        "result": [{"id": 1}],
        "hasNext": True,
        "offset": str(int(call.arguments["offset"]) + 1),
    },
}


@pytest.mark.parametrize("quirk", ENDLESS)
def test_a_list_whose_end_is_unknown_has_failed(tenant: Tenant, quirk: str) -> None:
    tenant.server.quirks[PATH] = ENDLESS[quirk]
    run = tenant.one.fail("employees", "classes")
    assert "1 part(s) of the sync failed" in run.error
    assert "employees of" in run.error
    assert len(tenant.received(PATH)) <= 5
    assert run.records["classes"]


def test_rows_that_move_to_another_chunk_come_once(tenant: Tenant) -> None:
    def hire(studio: Studio) -> None:
        studio.employees.insert(0, {**studio.employees[0], "id": 1})

    tenant.server.modes[PATH] = Mode.POSITION
    tenant.server.quirks[PATH] = quirks.AfterChunk(hire)
    found = ids_of(tenant.one.succeed("employees").records["employees"], tenant.kiel)
    assert len(found) == len(set(found))
    assert set(EMPLOYEES) <= set(found)
