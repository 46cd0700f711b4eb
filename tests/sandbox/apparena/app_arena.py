"""The sandbox's App-Arena, as tests see it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.sandbox import server
from tests.sandbox.apparena import seeds
from tests.sandbox.apparena.application import BASE, Application
from tests.sandbox.apparena.instance import EVERYTHING, Instance, Key, Quirks
from tests.sandbox.faults import Faults
from tests.sandbox.traffic import ReceivedRequest, Traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.sandbox.apparena.data import Data


class AppArena:
    """A server of App-Arena with some data, and with what a test puts in.

    Everything may be changed while it serves.

    Attributes:
        requests: What was received, in order.
        faults: What goes wrong on demand.
    """

    def __init__(
        self, *, quirks: Quirks | None = None, latency: float = 0.0, data: Data | None = None
    ) -> None:
        """Makes a server without keys.

        Args:
            quirks: How it behaves where the documentation is silent, or wrong.
            latency: Seconds until a request is looked at; requests wait side by side.
            data: What it holds, instead of the seeded data.
        """
        self._instance = Instance(data or seeds.data(), quirks or Quirks(), latency)
        self.requests: list[ReceivedRequest] = []
        self.faults = Faults()

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serves until the block is left.

        Yields:
            The base URL of the API, with a slash at its end.
        """
        application = Traffic(Application(self._instance), self.requests, self.faults)
        with server.serve(application, port) as url:
            yield f"{url}{BASE}"

    @property
    def data(self) -> Data:
        """What it holds."""
        return self._instance.data

    @data.setter
    def data(self, data: Data) -> None:
        self._instance.data = data

    @property
    def quirks(self) -> Quirks:
        """How it behaves."""
        return self._instance.quirks

    @quirks.setter
    def quirks(self, quirks: Quirks) -> None:
        self._instance.quirks = quirks

    @property
    def latency(self) -> float:
        """Seconds until a request is looked at."""
        return self._instance.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._instance.latency = seconds

    def add_key(
        self,
        text: str,
        *,
        company_id: int = seeds.COMPANY,
        rights: Iterable[str] = EVERYTHING,
        store_owner: bool = False,
    ) -> Key:
        """Adds an API key, or changes one.

        Args:
            text: The key itself.
            company_id: The company it belongs to.
            rights: The kinds of records that it may read, such as ``app`` and ``config``.
            store_owner: Whether it may list the companies of its store.
        """
        key = Key(company_id, frozenset(rights), store_owner)
        self._instance.keys[text] = key
        return key

    def add_jwt(
        self,
        text: str,
        *,
        company_id: int = seeds.COMPANY,
        rights: Iterable[str] = EVERYTHING,
        store_owner: bool = False,
    ) -> Key:
        """Adds a token, which comes after ``Bearer``."""
        key = self.add_key(text, company_id=company_id, rights=rights, store_owner=store_owner)
        key.is_jwt = True
        return key
