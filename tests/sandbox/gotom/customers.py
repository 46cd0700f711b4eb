"""Companies of all kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.gotom.samples import read_sample

if TYPE_CHECKING:
    from tests.sandbox.gotom.data import Item


def invent_customer(number: int, **fields: Any) -> Item:
    """Return a customer; those with an even number lack what need not be there.

    Args:
        number: What distinguishes it from others.
        fields: Fields that are not invented.
    """
    return {**read_sample("customers", number)[number % 2], **fields}
