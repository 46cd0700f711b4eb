"""Pipelines that are killed at any moment load what there is, each row once.

``make chaos`` does the same more often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.kills import Victim
from tests.chaos.taps import TAPS
from tests.chaos.trial import attempt

if TYPE_CHECKING:
    from tests.chaos.warehouse import Warehouse


@pytest.mark.long(seconds=40)
@pytest.mark.parametrize("tap", TAPS)
def test_a_pipeline_killed_at_any_moment_loads_each_row_once(
    tap: str, warehouse: Warehouse
) -> None:
    report = attempt(tap, TAPS[tap], warehouse, len(Victim), seed=1)
    assert report.kills == dict.fromkeys(Victim, 1)
