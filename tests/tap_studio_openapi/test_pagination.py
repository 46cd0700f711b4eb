"""Lists are read to their end, in both modes of chunking, whatever the server makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.studio_openapi import Mode, quirks
from tests.tap_studio_openapi.places import ids

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.studio_openapi.quirks import Quirk
    from tests.tap_studio_openapi.command_line import Tap
    from tests.tap_studio_openapi.places import Place

PATH = "/v1/employees"


@pytest.fixture(autouse=True)
def many_employees(place: Place) -> None:
    """More than two chunks of them."""
    pattern = place.kiel.employees[0]
    place.kiel.employees[:] = [{**pattern, "id": number} for number in range(5000, 5250)]


def expected(place: Place) -> list[int]:
    return [record["id"] for record in place.kiel.employees]


@pytest.mark.parametrize("mode", list(Mode))
def test_both_modes_give_every_record_once(place: Place, tap: Tap, mode: Mode) -> None:
    place.server.modes[PATH] = mode

    run = tap.succeed(place.one(), "employees")

    assert ids(run.records["employees"], place.kiel) == expected(place)
    assert [request.query["sliceSize"] for request in place.received(PATH)] == [["100"]] * 3
    assert "offset" not in place.received(PATH)[0].query


@pytest.mark.parametrize(
    "quirk",
    [
        quirks.end_without_offset,
        quirks.end_with_null_offset,
        quirks.unchanged_offset_at_end,
        quirks.null_offset_with_more,
        quirks.old_name_of_offset,
        quirks.HollowChunks(),
    ],
    ids=lambda quirk: getattr(quirk, "__name__", type(quirk).__name__),
)
def test_lists_end_where_they_end(place: Place, tap: Tap, quirk: Quirk) -> None:
    place.server.quirks[PATH] = quirk

    run = tap.succeed(place.one(), "employees")

    assert ids(run.records["employees"], place.kiel) == expected(place)


def test_rows_that_move_to_another_chunk_come_once(place: Place, tap: Tap) -> None:
    def hire(studio: Studio) -> None:
        studio.employees.insert(0, {**studio.employees[0], "id": 1})

    place.server.modes[PATH] = Mode.POSITION
    place.server.quirks[PATH] = quirks.AfterChunk(hire)

    found = ids(tap.succeed(place.one(), "employees").records["employees"], place.kiel)

    assert len(found) == len(set(found))
    assert set(range(5000, 5250)) <= set(found)


def test_every_chunk_keeps_to_the_size_that_its_endpoint_takes(place: Place, tap: Tap) -> None:
    settings = place.one(debt_collection_run_ids=[1])
    tap.succeed(settings, *tap.entries(settings))

    statuses = {request.status for request in place.server.requests}
    sizes = {
        request.path: request.query["sliceSize"][0]
        for request in place.server.requests
        if "sliceSize" in request.query
    }
    assert 400 not in statuses
    assert sizes["/v1/customers"] == "500"
    assert {size for path, size in sizes.items() if path.endswith(("checkins", "documents"))} == {
        "50"
    }
