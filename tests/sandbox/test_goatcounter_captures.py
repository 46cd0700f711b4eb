"""The sandbox answers every recorded request as the real servers did."""

from __future__ import annotations

import functools

import pytest

from tests.sandbox.goatcounter import Generation
from tests.sandbox.goatcounter_captures.comparison import comparable
from tests.sandbox.goatcounter_captures.recording import exchanges
from tests.sandbox.goatcounter_captures.replay import Outcome, Replay

RECORDED = {Generation.V2_7: 244, Generation.MAIN: 271}
"""How many exchanges there are with each server."""


@functools.cache
def outcomes(generation: Generation) -> list[Outcome]:
    """Replays a recording once, however many tests look at it."""
    return Replay(generation).run()


@pytest.mark.parametrize("generation", RECORDED)
def test_every_recorded_exchange_is_replayed(generation: Generation) -> None:
    numbers = [outcome.exchange.number for outcome in outcomes(generation)]
    assert numbers == list(range(1, RECORDED[generation] + 1))


@pytest.mark.parametrize(
    ("generation", "number"),
    [
        pytest.param(generation, exchange.number, id=f"{generation.value}-{exchange.name}")
        for generation in RECORDED
        for exchange in exchanges(generation)
    ],
)
def test_answer_agrees_with_the_recording(generation: Generation, number: int) -> None:
    outcome = outcomes(generation)[number - 1]
    assert comparable(outcome.answered) == comparable(outcome.exchange.recorded)
