"""Taps that get damaged answers and files lose nothing in silence.

``make fuzz`` does the same more often.
"""

from __future__ import annotations

import pytest

from tests.fuzz.sources import TAPS
from tests.fuzz.trial import attempt

TRIALS = 10


@pytest.mark.long(seconds=50)  # beside the first test that installs plugins
@pytest.mark.parametrize("tap", TAPS)
def test_a_tap_that_gets_damaged_answers_and_files_loses_nothing_in_silence(tap: str) -> None:
    results = [attempt(tap, seed) for seed in range(1, 1 + TRIALS)]
    assert [(result.seed, result.findings) for result in results if result.findings] == []
    assert any(result.status for result in results)
    assert any(result.status == 0 for result in results)
