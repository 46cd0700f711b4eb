"""The sandbox answers every recorded request as the real servers did."""

from __future__ import annotations

import functools
import gzip
import re

import pytest

from tests.sandbox.goatcounter import Generation
from tests.sandbox.goatcounter_captures.comparison import comparable
from tests.sandbox.goatcounter_captures.recording import Answer, exchanges
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


def recorded(name: str) -> Answer:
    """The newer server's answer in one exchange."""
    return next(e.recorded for e in exchanges(Generation.MAIN) if e.name == name)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("stats-browsers", b'"count": 107', b'"count": 108'),
        ("paths-default", b'"id": 30', b'"id": 31'),
        ("sites", b'"collect": 510', b'"collect": 446'),
        ("error-unknown-token", b"unknown token", b"invalid token"),
        ("export-poll2", b'"num_rows": 404', b'"num_rows": 403'),
        ("export-poll2", b'"finished_at": "2026-11-22T02:59:48Z"', b'"finished_at": null'),
        ("limit-api-429", b"988.050668ms", b"98.050668ms"),
        ("error-html-401", b"no Authorization header", b"unknown token"),
    ],
)
def test_the_comparison_notices_another_body(name: str, old: bytes, new: bytes) -> None:
    answer = recorded(name)
    changed = answer._replace(body=answer.body.replace(old, new))
    assert changed.body != answer.body
    assert comparable(changed) != comparable(answer)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/shop/cart", b"/shop/card"),
        (b",NL,1,", b",NL,0,"),
        (b"2026-10-06T02:05:08Z", b"2026-10-06T02:05:09Z"),
    ],
)
def test_the_comparison_notices_another_row(old: bytes, new: bytes) -> None:
    answer = recorded("export-download")
    changed = gzip.decompress(answer.body).replace(old, new, 1)
    assert comparable(answer._replace(body=gzip.compress(changed))) != comparable(answer)


def test_the_comparison_notices_other_sessions() -> None:
    answer = recorded("export-download")
    text = gzip.decompress(answer.body).decode()
    sessions = re.findall(r"\b[0-9a-f]+-[0-9a-f]{12,16}\b", text)
    others = {session: f"{number:x}-1" for number, session in enumerate(dict.fromkeys(sessions))}
    renamed = _with_sessions(text, others)
    joined = _with_sessions(text, {**others, sessions[-1]: others[sessions[0]]})
    assert comparable(answer._replace(body=renamed)) == comparable(answer)
    assert comparable(answer._replace(body=joined)) != comparable(answer)


def _with_sessions(text: str, names: dict[str, str]) -> bytes:
    for session, name in names.items():
        text = text.replace(session, name)
    return gzip.compress(text.encode())
