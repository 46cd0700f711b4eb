"""The sandbox's App-Arena, as tests see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tests.sandbox.apparena import seeds
from tests.sandbox.apparena.application import BASE, Application
from tests.sandbox.apparena.instance import EVERYTHING, Key, Quirks
from tests.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.apparena.data import Data


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
        """Build a server without keys.

        Args:
            quirks: How it behaves where the documentation is silent, or wrong.
            latency: Seconds until a request is looked at; requests wait side by side.
            data: What it holds, instead of the seeded data.
        """
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
        rights: Iterable[str] = EVERYTHING,
        store_owner: bool = False,
    ) -> Key:
        """Add an API key, or changes one.

        Args:
            text: The key itself.
            company_id: The company it belongs to.
            rights: The kinds of records that it may read, such as ``app`` and ``config``.
            store_owner: Whether it may list the companies of its store.
        """
        key = Key(company_id, frozenset(rights), store_owner)
        self.keys[text] = key
        return key

    def add_jwt(self, text: str) -> Key:
        """Add a token, which comes after ``Bearer``."""
        key = self.add_key(text)
        key.is_jwt = True
        return key
