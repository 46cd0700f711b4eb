"""Values that fit their schema, or are told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tap_studio_openapi.errors import UnreadableError
from tap_studio_openapi.fitting import fitting, rfc_3339

if TYPE_CHECKING:
    from tests.tap_studio_openapi.command_line import Tap
    from tests.tap_studio_openapi.places import Place


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2022-06-22T08:00:00.000+02:00[Europe/Berlin]", "2022-06-22T08:00:00.000+02:00"),
        ("2022-06-22T08:00+02:00[Europe/Berlin]", "2022-06-22T08:00:00+02:00"),
        ("2022-06-22T06:00:00Z[UTC]", "2022-06-22T06:00:00Z"),
        ("2023-12-03T10:15:30+01:00", "2023-12-03T10:15:30+01:00"),
        ("2023-12-03T10:15:30.123456789Z", "2023-12-03T10:15:30.123456789Z"),
        ("2025-12-25T00:00:00", "2025-12-25T00:00:00"),
        ("", None),
    ],
)
def test_zones_in_brackets_leave_rfc_3339(sent: str, expected: str | None) -> None:
    assert rfc_3339(sent) == expected


def test_texts_that_are_sent_as_something_else_become_texts() -> None:
    schema = {
        "type": "object",
        "properties": {
            "houseNumber": {"type": ["string", "null"]},
            "timeFrom": {"type": ["string", "null"]},
            "count": {"type": ["integer", "null"]},
        },
    }
    fit = fitting(schema, frozenset(), "studio", only_known=False)

    time = {"hour": 6, "minute": 30, "second": 0, "nano": 0}
    record = {"houseNumber": 14, "timeFrom": time, "count": 3.0, "new": {"a": 1}}

    assert fit(record) == {
        "houseNumber": "14",
        "timeFrom": "06:30:00",
        "count": 3,
        "new": {"a": 1},
    }


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ({"type": ["integer", "null"]}, "Hauptstr. 1"),
        ({"type": ["integer", "null"]}, 1.5),
        ({"type": ["number", "null"]}, {"amount": 1}),
        ({"type": ["boolean", "null"]}, "yes"),
        ({"type": ["object", "null"], "properties": {}}, "Hauptstr. 1"),
        ({"type": ["array", "null"], "items": {}}, {"0": 1}),
        ({"type": ["string", "null"], "format": "date-time"}, 1_700_000_000),
    ],
)
def test_what_no_target_could_take_is_told_without_its_value(
    kind: dict[str, Any], value: object
) -> None:
    schema = {"type": "object", "properties": {"field": kind}}

    with pytest.raises(UnreadableError, match="the field 'field'") as raised:
        fitting(schema, frozenset(), "customers", only_known=False)({"field": value})

    assert "Hauptstr" not in str(raised.value)


def test_a_customer_that_does_not_fit_ends_its_studio_alone(place: Place, tap: Tap) -> None:
    place.kiel.customers[place.kiel.id_of(3)]["preferredLanguage"] = "by hand"

    run = tap.fail(place.both(), "customers")

    assert "1 part(s) of the sync failed" in run.log
    assert "the field 'preferredLanguage' as str" in run.log
    assert "by hand" not in run.log
    assert {record["studio_id"] for record in run.records["customers"]} >= {place.luebeck.id}


def test_times_of_day_of_old_servers_become_texts(place: Place, tap: Tap) -> None:
    place.server.version = "1.10.0"

    studio = tap.succeed(place.one(), "studio").records["studio"][0]

    assert re.fullmatch("[0-9]{2}:[0-9]{2}:[0-9]{2}", studio["openingHours"][0]["timeFrom"])
