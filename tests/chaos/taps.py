"""The taps whose pipelines are killed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.chaos import files
from tests.services import apparena, goatcounter, gotom, studio_openapi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.services.source import Serve

TAPS: Mapping[str, Serve] = {
    "tap-goatcounter": goatcounter.serve,
    "tap-goatcounter in files": partial(files.serve, source=goatcounter.serve),
    "tap-gotom": gotom.serve,
    "tap-studio-openapi": studio_openapi.serve,
    "tap-apparena": apparena.serve,
}
"""How each tap's source is served. The first word is the tap."""
