"""Customers whose data may not be read now, and the day from which it is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tap_studio_openapi.skipped_customers import SkippedCustomers, drop_if_damaged

USUAL_DAY = date(2026, 5, 4)


def test_a_customer_is_read_from_the_earlier_of_both_days() -> None:
    skipped = SkippedCustomers({"unread_since": {"7": "2026-03-01", "8": "2026-06-01"}}, USUAL_DAY)
    days = [skipped.first_day(customer) for customer in (7, 8, 9)]
    assert days == [date(2026, 3, 1), USUAL_DAY, USUAL_DAY]


def test_the_state_names_who_was_skipped_and_forgets_who_is_no_customer() -> None:
    state: dict[str, Any] = {"unread_since": {"7": "2026-03-01", "8": "2026-03-01"}}
    skipped = SkippedCustomers(state, USUAL_DAY)
    skipped.add(7)
    skipped.add(9)
    skipped.forget_others()
    assert state == {"unread_since": {"7": "2026-03-01", "9": "2026-05-04"}}


def test_the_state_names_nobody_once_all_were_read() -> None:
    state: dict[str, Any] = {"unread_since": {"7": "2026-03-01"}}
    SkippedCustomers(state, USUAL_DAY).remove(7)
    assert state == {}


@pytest.mark.parametrize(
    "damaged", [[1], {"7": "soon"}, {"7": "0001-01-01"}, {"7": None}, "7"], ids=str
)
def test_skipped_customers_that_cannot_be_are_dropped(damaged: Any) -> None:
    state = {"unread_since": damaged}
    assert drop_if_damaged(state, date(2000, 1, 1))
    assert state == {}
