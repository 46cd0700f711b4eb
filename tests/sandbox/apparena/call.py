"""A request on its way through the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http import HTTPStatus

    from tests.sandbox.apparena.app_arena import Key, Quirks
    from tests.sandbox.apparena.data import Data
    from tests.sandbox.apparena.endpoints import Endpoint


class Refusal(Exception):  # noqa: N818 - an answer, and no fault of the program
    """An answer that ends the handling of a request with an error."""

    def __init__(self, status: HTTPStatus) -> None:
        """Take its status."""
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True)
class Call:
    """A request that has found its endpoint and may use it.

    Attributes:
        endpoint: What it asks for.
        ids: The variable parts of the path.
        path: Below the base, with a slash at its start.
        options: The query, without what the endpoint does not know.
        key: Who asks.
        data: What the server holds.
        quirks: How the server behaves.
        links_base: What links start with.
    """

    endpoint: Endpoint
    ids: Mapping[str, int]
    path: str
    options: Mapping[str, str]
    key: Key
    data: Data
    quirks: Quirks
    links_base: str
