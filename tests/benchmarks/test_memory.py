"""A sandbox that remembers makes each of its answers once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.benchmarks.memory import remember_pages
from tests.sandbox.apparena import AppArena, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "benchmark"
FIRST, SECOND = "apps?items=500&page=1", "apps?items=20&page=1"


@pytest.fixture
def arena() -> AppArena:
    arena = AppArena()
    arena.add_key(KEY)
    return arena


@pytest.fixture
def url(arena: AppArena) -> Iterator[str]:
    with remember_pages(lambda: arena)().serve() as url:
        yield url


def test_an_answer_comes_again_as_it_was(arena: AppArena, url: str) -> None:
    before = fetch(url + FIRST)
    arena.data.add_app(seeds.TEMPLATE_ID)

    assert before["total_items"] == seeds.APPS
    assert fetch(url + FIRST) == before


def test_another_page_is_another_answer(arena: AppArena, url: str) -> None:
    fetch(url + FIRST)
    arena.data.add_app(seeds.TEMPLATE_ID)

    assert fetch(url + SECOND)["total_items"] == seeds.APPS + 1


def fetch(address: str) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(
        address, headers={"Authorization": KEY}, timeout=10
    ).json()
    return answer
