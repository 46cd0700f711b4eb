"""Run the tap with ``python -m tap_gotom``."""

from __future__ import annotations

from tap_gotom.tap import TapGoTom

if __name__ == "__main__":
    TapGoTom.cli()
