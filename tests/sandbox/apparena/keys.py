"""Who sends a request, and what of it is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.apparena.endpoints import KEY_FIELDS
from tests.sandbox.apparena.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYTHING = frozenset(KEY_FIELDS)
"""All rights: the kinds of records that may be read."""

_BEARER = "Bearer "


@dataclass
class Key:
    """An API key, or a token that stands for one."""

    company_id: int
    rights: frozenset[str] = EVERYTHING
    store_owner: bool = False
    """Whether the company runs a store and may list all companies in it."""
    is_jwt: bool = False
    expired: bool = False

    def __post_init__(self) -> None:
        """Refuses rights that do not exist.

        Raises:
            ValueError: If one does not.
        """
        if unknown := self.rights - EVERYTHING:
            raise ValueError(f"no such rights: {sorted(unknown)}")


def authenticate(authorization: str, keys: Mapping[str, Key]) -> Key:
    """Finds out who sent a request.

    Args:
        authorization: The header; a bare API key, or a token after ``Bearer``.
        keys: Keys and tokens by their text.

    Raises:
        Refusal: If the header does not tell.
    """
    is_jwt = authorization.startswith(_BEARER)
    key = keys.get(authorization.removeprefix(_BEARER))
    if key is None or key.is_jwt != is_jwt or key.expired:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "Unauthorized.")
    return key
