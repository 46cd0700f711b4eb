"""One server: how it behaves, who may read, and a request on its way through it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from tests.sandbox.apparena.endpoints import KEY_FIELDS, Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.apparena.app_arena import AppArena
    from tests.sandbox.apparena.data import Data
    from tests.sandbox.apparena.options import Options


class Refusal(Exception):  # noqa: N818 - an answer, and no fault of the program
    """An answer that ends the handling of a request with an error."""

    def __init__(self, status: int, message: str) -> None:
        """Take status and text of the answer."""
        super().__init__(message)
        self.status = status
        self.message = message

    @property
    def content(self) -> dict[str, object]:
        """The body; only the presence of ``status`` is known of App-Arena's own."""
        return {"status": self.status, "message": self.message}


def not_found(what: str) -> Refusal:
    """Something does not exist, or not for who asks."""
    return Refusal(HTTPStatus.NOT_FOUND, f"{what} not found.")


def bad_request(why: str) -> Refusal:
    """The query cannot be understood."""
    return Refusal(HTTPStatus.BAD_REQUEST, why)


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

    def __post_init__(self) -> None:
        """Refuse rights that do not exist.

        Raises:
            ValueError: If one does not.
        """
        if unknown := self.rights - EVERYTHING:
            raise ValueError(f"no such rights: {sorted(unknown)}")


def authenticate(authorization: str, keys: Mapping[str, Key]) -> Key:
    """Find out who sent a request.

    Args:
        authorization: The header; a bare API key, or a token after ``Bearer``.
        keys: Keys and tokens by their text.

    Raises:
        Refusal: The header does not show it.
    """
    is_jwt = authorization.startswith(_BEARER)
    key = keys.get(authorization.removeprefix(_BEARER))
    if key is None or key.is_jwt != is_jwt:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "Unauthorized.")
    return key


@dataclass
class Quirks:
    """How the server behaves; each may be changed while it serves."""

    order_style: Literal["orderasc", "orderBy", "none"] = "orderasc"
    """Which of the two documented ways to ask for an order is obeyed."""
    shuffle: int | None = None
    """Seed of the order of rows where none is obeyed; None sorts by id."""

    largest_page: int | None = None
    """The most rows that a page has, whatever was asked for."""
    missing_counters: frozenset[str] = frozenset()
    """Which of the four counters are not there."""
    before_page: Callable[[str, int], None] | None = None
    """Called with path and number before each page is read."""

    empty_as_list: bool = False
    """Whether empty maps are ``[]``, as PHP writes them."""
    lists: Literal["documented", "map", "array"] = "documented"
    activated_absent: bool = False
    """Whether languages of apps come without ``activated``."""
    links_base: str | None = None
    """What links start with instead of the server's own base URL."""

    meta: Literal["documented", "text", "list"] = "documented"
    """Objects in ``meta`` as JSON text, or absent and empty ones as ``[]``."""
    checkboxes: Literal["text", "boolean", "number"] = "text"
    """How the values of configs with the type checkbox are written."""
    multiselects: Literal["text", "list"] = "text"
    ids_as_text: bool = False
    """Whether ids are numbers in quotes."""
    audit: bool = False
    """Whether ``created``, ``updated`` and the like are shown everywhere."""
    unknown_fields: bool = False
    """Whether records have fields that are not documented."""

    own_company_is_customer: bool = False
    """Whether the list of customers holds the caller's own company."""


@dataclass(frozen=True)
class Call:
    """A request that has found its endpoint and may use it."""

    endpoint: Endpoint
    arguments: Mapping[str, Any]
    """The variable parts of the path."""
    path: str
    """Below the base, with a slash at its start."""
    query: str
    options: Options
    key: Key
    arena: AppArena
    links_base: str
    """What links start with, with a slash at its end."""

    @property
    def data(self) -> Data:
        """What the server holds."""
        return self.arena.data

    @property
    def quirks(self) -> Quirks:
        """How the server behaves."""
        return self.arena.quirks
