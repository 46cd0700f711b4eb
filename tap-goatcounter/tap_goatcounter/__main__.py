"""Run the tap with ``python -m tap_goatcounter``."""

from __future__ import annotations

from tap_goatcounter.tap import TapGoatCounter

if __name__ == "__main__":
    TapGoatCounter.cli()
