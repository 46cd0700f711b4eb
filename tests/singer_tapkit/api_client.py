"""A client of an API that does not exist, and what its responses are."""

from __future__ import annotations

import logging
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from requests.auth import AuthBase
from typing_extensions import override

from singer_tapkit.client import HttpClient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

API = "https://api.example/v1"
LOGGER = logging.getLogger("client-of-a-test")
OK: dict[str, Any] = {"json": {"id": 7}}
REFUSED: dict[str, Any] = {"status_code": 403, "json": {"message": "no scope"}}
PAGE = "<html>sentinel</html>"


class App(msgspec.Struct):
    """What the API responses."""

    id: int


class CountingAuth(AuthBase):
    """Signs each request with a number of its own."""

    def __init__(self, name: str = "signature") -> None:
        """Begin at 1."""
        self._name = name
        self._numbers = count(1)

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["X-Api-Key"] = f"{self._name}-{next(self._numbers)}"
        return r


class ApiClient(HttpClient):
    """A client with hints."""

    hints: ClassVar[Mapping[int, str]] = {403: "Ask for the scope."}


def open_client(**options: Any) -> ApiClient:
    return ApiClient([API], logger=LOGGER, **options)


def remove_jitter(slept: list[float]) -> list[float]:
    """Return how long would have been slept at least, without the jitter."""
    assert all(2 ** (index + 1) <= seconds for index, seconds in enumerate(slept) if index < 5)
    return [2.0 ** (index + 1) for index, _ in enumerate(slept)]
