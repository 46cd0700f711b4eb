"""The Singer SDK's own tests of any tap, each of which looks at the attribute that it names.

By itself the SDK keeps the values of the first attribute of a type, and looks at these again in the
tests of all others.
"""

from __future__ import annotations

from typing import Any

from singer_sdk.testing import get_tap_test_class
from singer_sdk.testing.templates import AttributeTestTemplate

__all__ = ["get_tap_test_class"]


def _read_own_values(test: AttributeTestTemplate) -> list[Any]:
    """Return the values of a test's attribute that are not null, of which there may be none."""
    values = (record.get(test.attribute_name) for record in test.stream_records)
    return [value for value in values if value is not None]


AttributeTestTemplate.non_null_attribute_values = property(_read_own_values)  # type: ignore[assignment]
