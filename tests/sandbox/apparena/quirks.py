"""What is open in App-Arena's documentation, or goes wrong without an error: settable."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Quirks:
    """How the server behaves; each may be changed while it serves."""

    order_style: Literal["orderasc", "orderBy", "both", "none"] = "orderasc"
    """Which of the two documented ways to ask for an order is obeyed."""
    shuffle: int | None = None
    """Seed of the order of rows where none is obeyed; None sorts by id."""
    reshuffle: bool = False
    """Whether that order is another one in every answer."""
    filters: Literal["obeyed", "ignored", "refused"] = "obeyed"
    unknown_filters: Literal["refused", "ignored"] = "refused"
    """What happens to filters with a field or an operator that does not exist."""

    default_page_size: int = 20
    largest_page: int | None = None
    """The most rows that a page has, whatever was asked for."""
    beyond: Literal["empty", "last", "error"] = "empty"
    """What is answered to a page behind the last one."""
    beyond_status: int = HTTPStatus.NOT_FOUND
    page_number: int | None = None
    """What every answer claims to be the number of its page."""
    missing_counters: frozenset[str] = frozenset()
    """Which of the four counters are not there."""
    before_page: Callable[[str, int], None] | None = None
    """Called with path and number before each page is read."""

    empty_as_list: bool = False
    """Whether empty maps are ``[]``, as PHP writes them."""
    lists: Literal["documented", "map", "array"] = "documented"
    entities: Literal["documented", "flat", "keyed"] = "documented"
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
    deleted_rows: bool = False
    """Whether rows with ``deletedAt`` are shown, with it."""
    unknown_fields: bool = False
    """Whether records have fields that are not documented."""

    errors_under_200: bool = False
    forbidden_status: int = HTTPStatus.FORBIDDEN
    """The status for a good key that lacks a right."""
    own_company_is_customer: bool = False
    """Whether the list of customers holds the caller's own company."""
    companies_for_store_owners: bool = False
    """Whether everything below ``/companies`` is for store owners, as its list always is."""
