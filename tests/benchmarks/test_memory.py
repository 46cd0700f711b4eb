"""A sandbox that remembers makes each of its answers once."""

from __future__ import annotations

from typing import Any

import requests

from tests.sandbox.apparena import AppArena, seeds
from tests.services.exchanges import Memory

KEY = "benchmark"
FIRST, SECOND = "apps?items=500&page=1", "apps?items=20&page=1"


def test_an_answer_comes_again_as_it_was_and_another_page_is_another_answer() -> None:
    arena = AppArena()
    arena.add_key(KEY)
    arena.faults.add("*", "*", Memory(), times=None)
    with arena.serve() as url:
        before = fetch(url + FIRST)
        arena.data.add_app(seeds.TEMPLATE_ID)

        assert before["total_items"] == seeds.APPS
        assert fetch(url + FIRST) == before
        assert fetch(url + SECOND)["total_items"] == seeds.APPS + 1


def fetch(address: str) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(
        address, headers={"Authorization": KEY}, timeout=10
    ).json()
    return answer
