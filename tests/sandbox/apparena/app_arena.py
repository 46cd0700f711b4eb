"""The sandbox's App-Arena, as tests see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from typing_extensions import override

from tests.sandbox.apparena import seeds
from tests.sandbox.apparena.application import BASE, Application
from tests.sandbox.apparena.endpoints import KEY_FIELDS
from tests.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.sandbox.apparena.data import Data


@dataclass(frozen=True)
class Key:
    """An API key, or a token that stands for one.

    Attributes:
        company_id: The company it belongs to.
        rights: The kinds of records that it may read.
        store_owner: Whether it may list the companies of its store.
        is_jwt: Whether it is a token.
    """

    company_id: int
    rights: frozenset[str]
    store_owner: bool
    is_jwt: bool


@dataclass
class Quirks:
    """How the server behaves where the documentation is silent, or wrong.

    Attributes:
        order_style: Which of the two documented ways to ask for an order is obeyed.
        shuffle: Seed of the order of rows where none is obeyed; None sorts by id.
        largest_page: The most rows that a page has, whatever was asked for.
        counts: Whether pages have the four counters.
        before_page: Called with path and number before each page is read.
        empty_as_list: Whether empty maps are ``[]``, as PHP writes them.
        loose_types: Whether ids and objects are texts, and values of configs are what they mean.
        links_base: What links start with instead of the server's own base URL.
        audit: Whether ``created``, ``updated`` and the like are shown everywhere.
        unknown_fields: Whether records have fields that are not documented.
        own_company_is_customer: Whether the list of customers holds the caller's own company.
    """

    order_style: Literal["orderasc", "orderBy", "none"] = "orderasc"
    shuffle: int | None = None
    largest_page: int | None = None
    counts: bool = True
    before_page: Callable[[str, int], None] | None = None
    empty_as_list: bool = False
    loose_types: bool = False
    links_base: str | None = None
    audit: bool = False
    unknown_fields: bool = False
    own_company_is_customer: bool = False


class AppArena(Sandbox):
    """A server of App-Arena with some data.

    Attributes:
        data: What it holds.
        quirks: How it behaves where the documentation is silent, or wrong.
        latency: Seconds until a request is looked at; requests wait side by side.
        keys: Keys and tokens by their text.
    """

    def __init__(
        self, *, quirks: Quirks | None = None, latency: float = 0.0, data: Data | None = None
    ) -> None:
        """Build a server without keys, with the seeded data unless there are others."""
        super().__init__(Application(self))
        self.data = seeds.data() if data is None else data
        self.quirks = quirks or Quirks()
        self.latency = latency
        self.keys: dict[str, Key] = {}

    @property
    @override
    def base_path(self) -> str:
        return BASE

    def add_key(
        self,
        text: str,
        *,
        company_id: int = seeds.COMPANY,
        rights: Iterable[str] = KEY_FIELDS,
        store_owner: bool = False,
        is_jwt: bool = False,
    ) -> None:
        """Add an API key or a token, or change one; it may read everything by default."""
        self.keys[text] = Key(company_id, frozenset(rights), store_owner, is_jwt)
