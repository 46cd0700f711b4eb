"""Lists are read to their end in both modes of chunking, and fail where their end is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.studio_openapi import Mode, quirks
from tests.tap_studio_openapi.tenant import ids

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.studio_openapi.quirks import Quirk
    from tests.tap_studio_openapi.conftest import InProcessTap
    from tests.tap_studio_openapi.tenant import Tenant

PATH = "/v1/employees"
EMPLOYEES = list(range(5000, 5250))


@pytest.fixture(autouse=True)
def many_employees(tenant: Tenant) -> None:
    """More than two chunks of them."""
    pattern = tenant.kiel.employees[0]
    tenant.kiel.employees[:] = [{**pattern, "id": number} for number in EMPLOYEES]


@pytest.mark.parametrize("mode", list(Mode))
def test_both_modes_bring_every_record_once(tenant: Tenant, tap: InProcessTap, mode: Mode) -> None:
    tenant.server.modes[PATH] = mode
    run = tap.succeed(tenant.one(), "employees")
    assert ids(run.records["employees"], tenant.kiel) == EMPLOYEES
    assert [request.query["sliceSize"] for request in tenant.received(PATH)] == [["100"]] * 3
    assert "offset" not in tenant.received(PATH)[0].query


@pytest.mark.parametrize(
    "quirk",
    [quirks.end_without_offset, quirks.end_with_null_offset, quirks.HollowChunks()],
    ids=lambda quirk: getattr(quirk, "__name__", type(quirk).__name__),
)
def test_lists_end_where_they_say_so(tenant: Tenant, tap: InProcessTap, quirk: Quirk) -> None:
    tenant.server.quirks[PATH] = quirk
    run = tap.succeed(tenant.one(), "employees")
    assert ids(run.records["employees"], tenant.kiel) == EMPLOYEES


def keep_offset(_: Any, chunk: dict[str, Any]) -> dict[str, Any]:
    return {**chunk, "hasNext": True, "offset": "7"}


def lose_offset(_: Any, chunk: dict[str, Any]) -> dict[str, Any]:
    return {**chunk, "hasNext": True, "offset": None}


def lose_has_next(_: Any, chunk: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chunk.items() if name != "hasNext"}


def null_has_next(_: Any, chunk: dict[str, Any]) -> dict[str, Any]:
    return {**chunk, "hasNext": None}


def null_result(_: Any, chunk: dict[str, Any]) -> dict[str, Any]:
    return {**chunk, "result": None}


def lose_envelope(_: Any, chunk: dict[str, Any]) -> Any:
    return chunk["result"]


def rise_for_ever(call: Any, chunk: dict[str, Any]) -> dict[str, Any]:
    offset = int(call.arguments["offset"] or 0) + 1
    return {**chunk, "result": [{"id": 1}], "hasNext": True, "offset": str(offset)}


@pytest.mark.parametrize(
    "quirk",
    [
        keep_offset,
        lose_offset,
        lose_has_next,
        null_has_next,
        null_result,
        lose_envelope,
        rise_for_ever,
    ],
    ids=lambda quirk: getattr(quirk, "__name__", type(quirk).__name__),
)
def test_a_list_whose_end_is_unknown_has_failed(
    tenant: Tenant, tap: InProcessTap, quirk: Quirk
) -> None:
    tenant.server.quirks[PATH] = quirk
    run = tap.fail(tenant.one(), "employees", "classes")
    assert "1 part(s) of the sync failed" in run.error
    assert "employees of" in run.error
    assert len(tenant.received(PATH)) <= 5
    assert run.records["classes"]


def test_rows_that_move_to_another_chunk_come_once(tenant: Tenant, tap: InProcessTap) -> None:
    def hire(studio: Studio) -> None:
        studio.employees.insert(0, {**studio.employees[0], "id": 1})

    tenant.server.modes[PATH] = Mode.POSITION
    tenant.server.quirks[PATH] = quirks.AfterChunk(hire)
    found = ids(tap.succeed(tenant.one(), "employees").records["employees"], tenant.kiel)
    assert len(found) == len(set(found))
    assert set(EMPLOYEES) <= set(found)
