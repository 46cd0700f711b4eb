"""Run the tap with ``python -m tap_studio_openapi``."""

from __future__ import annotations

from tap_studio_openapi.tap import TapStudioOpenApi

if __name__ == "__main__":
    TapStudioOpenApi.cli()
