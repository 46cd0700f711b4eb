"""Fields that need more than a schema describes."""

from __future__ import annotations

from typing import Any, Final

import msgspec

EXCLUDED_FIELDS: Final = frozenset({"_links", "apikeys"})
"""Links lead to wrong hosts, and API keys are credentials."""

PERSONAL_FIELDS: Final = frozenset(
    {
        "username",
        "email",
        "gender",
        "firstName",
        "lastName",
        "firstname",
        "lastname",
        "displayname",
        "telephone",
        "avatar",
        "createdFromIp",
        "updatedFromIp",
        "createdBy",
        "updatedBy",
        "address1",
        "address2",
        "zip",
        "city",
    }
)
"""Those of users, of who made or changed something, and of companies' addresses."""

UNDOCUMENTED_FIELDS: Final = frozenset({"startDate", "priority", "approved", "compiler", "default"})
"""Fields that only the vendor's clients read."""


def parse_meta(value: Any) -> dict[str, Any] | None:
    """Return an object for what PHP and the App-Manager send in the place of one.

    A text is JSON in itself. A list is an object whose keys happen to be numbers from 0, or that is
    empty. Anything else is the ``value`` of an object.
    """
    if isinstance(value, str):
        if not value:
            return None
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return {"value": value}
    if isinstance(value, list):
        return {str(number): item for number, item in enumerate(value)}
    return value if value is None or isinstance(value, dict) else {"value": value}
