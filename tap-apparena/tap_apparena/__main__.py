"""Run the tap with ``python -m tap_apparena``."""

from __future__ import annotations

from tap_apparena.tap import TapAppArena

if __name__ == "__main__":
    TapAppArena.cli()
