"""Leave fields about persons out of schemas and records."""

from __future__ import annotations

from typing import Any

PERSONAL = frozenset(
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


def without_personal(value: Any) -> Any:
    """Give a value of any depth without the fields about persons in it."""
    if isinstance(value, dict):
        return {
            name: without_personal(item) for name, item in value.items() if name not in PERSONAL
        }
    if isinstance(value, list):
        return [without_personal(item) for item in value]
    return value
