"""Bodies like those in goTom's API documentation, from ``samples.json``, to be changed at will."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_SAMPLES = json.loads(Path(__file__).with_name("samples.json").read_text("utf-8"))


def read_sample(name: str, number: int = 0) -> Any:
    """Return a body anew, with a number in place of each ``#``."""
    return json.loads(json.dumps(_SAMPLES[name]).replace("#", str(number)))
