"""A checkpoint is used only if it is recent, fits the settings, and is well-formed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singer_tapkit import checkpoint

MAX_AGE = timedelta(hours=6)
STARTED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Position(msgspec.Struct):
    """A position in a list."""

    status: str
    offset: int | None = None


def save_checkpoint(**changes: object) -> dict[str, Any]:
    """Return a state as the next run reads it, with a checkpoint that has these changes."""
    state: dict[str, Any] = {"replication_key_value": 7}
    checkpoint.save(state, Position("ACTIVE", 500), settings="abc", started_at=STARTED_AT)
    state["checkpoint"] |= changes
    loaded: dict[str, Any] = json.loads(json.dumps(state))
    return loaded


def load(state: dict[str, Any]) -> checkpoint.Checkpoint[Position] | None:
    return checkpoint.load(state, Position, settings="abc", max_age=MAX_AGE)


def test_a_checkpoint_comes_back_as_it_was_saved() -> None:
    found = load(save_checkpoint())

    assert found is not None
    assert found.position == Position("ACTIVE", 500)
    assert found.started_at == STARTED_AT
    assert datetime.now(UTC) - found.saved_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("age", "is_used"),
    [
        (timedelta(minutes=-1), False),
        (timedelta(0), True),
        (MAX_AGE - timedelta(minutes=1), True),
        (MAX_AGE, False),
    ],
)
def test_a_checkpoint_is_used_only_while_it_is_recent(age: timedelta, *, is_used: bool) -> None:
    found = load(save_checkpoint(saved_at=(datetime.now(UTC) - age).isoformat()))

    assert (found is not None) is is_used


@pytest.mark.parametrize(
    "damage",
    [
        {"position": None},
        {"position": {"status": 1}},
        {"position": {"status": "ACTIVE", "offset": "500"}},
        {"settings": None},
        {"settings": "other"},
        {"started_at": "yesterday"},
        {"started_at": "2999-01-01T00:00:00Z"},  # after it was saved
        {"saved_at": 1700000000},
        {"saved_at": "2026-01-02T03:04:05"},
    ],
)
def test_a_checkpoint_that_is_damaged_or_of_other_settings_is_not_used(
    damage: dict[str, object],
) -> None:
    assert load(save_checkpoint(**damage)) is None


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["position", "settings", "started_at", "saved_at", "x"]), inner
            )
        ),
        max_leaves=10,
    )
)
def test_whatever_stands_in_its_place_is_no_checkpoint(value: Any) -> None:
    assert load({"checkpoint": value}) is None


def test_clearing_removes_the_checkpoint_alone() -> None:
    state = save_checkpoint()

    checkpoint.clear(state)
    checkpoint.clear(state)

    assert state == {"replication_key_value": 7}


def test_equal_settings_have_equal_digests_in_whatever_form_and_order() -> None:
    names = sorted("abcdefghij")
    plain = {"since": "2026-01-01", "streams": names, "nested": {"x": 1}}
    other = MappingProxyType(
        {"nested": MappingProxyType({"x": 1}), "streams": set(names), "since": date(2026, 1, 1)}
    )

    assert checkpoint.settings_digest(plain) == checkpoint.settings_digest(other)
    assert checkpoint.settings_digest(plain) != checkpoint.settings_digest({**plain, "x": None})
    assert checkpoint.settings_digest({}) == "44136fa355b3678a"  # in every process
