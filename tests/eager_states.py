"""Run a tap that writes each change of its state at once: python -m tests.eager_states PROGRAM.

By itself it waits some seconds between two states. Tests that kill it want one at a place that does
not depend on how fast it is.
"""

from __future__ import annotations

import runpy
import sys

from singer_tapkit.run_state import PacedStateWriter

if __name__ == "__main__":
    PacedStateWriter.interval = 0
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
