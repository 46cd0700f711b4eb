"""The sandbox answers the recorded requests as the real servers did."""

from __future__ import annotations

import gzip

import pytest

from tests.sandbox.goatcounter import Generation
from tests.sandbox.goatcounter_captures.comparison import comparable
from tests.sandbox.goatcounter_captures.recording import read_exchanges
from tests.sandbox.goatcounter_captures.replay import Replay


@pytest.mark.parametrize("generation", Generation)
def test_responses_agree_with_the_recording(generation: Generation) -> None:
    outcomes = [
        (exchange.name, comparable(response), comparable(exchange.recorded))
        for exchange, response in Replay(generation).run()
    ]
    assert len(outcomes) > 170
    differing = {name: (found, recorded) for name, found, recorded in outcomes if found != recorded}
    assert differing == {}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("stats-browsers", b'"count": 107', b'"count": 108'),
        ("error-unknown-token", b"unknown token", b"invalid token"),
        ("export-poll2", b'"num_rows": 404', b'"num_rows": 403'),
        ("export-poll2", b'"finished_at": "2026-11-22T02:59:48Z"', b'"finished_at": null'),
        ("export-download", b"/shop/cart", b"/shop/card"),
        ("export-download", b"2026-10-06T02:05:08Z", b"2026-10-06T02:05:09Z"),
    ],
)
def test_the_comparison_notices_another_body(name: str, old: bytes, new: bytes) -> None:
    response = next(e.recorded for e in read_exchanges(Generation.MAIN) if e.name == name)
    is_packed = name == "export-download"
    body = gzip.decompress(response.body) if is_packed else response.body
    changed = body.replace(old, new, 1)
    assert changed != body
    other = response._replace(body=gzip.compress(changed) if is_packed else changed)
    assert comparable(other) != comparable(response)
