"""The taps whose pipelines are killed, and those that hand records on in files."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.services import apparena, goatcounter, gotom, studio_openapi

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

    from tests.services.source import Serve, Source

RECORDS_OF_A_FILE = 8
"""So few that there are a hundred lines at which a run can be killed."""


@contextlib.contextmanager
def _serve_for_files(chance: random.Random) -> Iterator[Source]:
    """Serve a GoatCounter until the block is left; no file may be incomplete then."""
    with (
        goatcounter.serve(chance) as source,
        tempfile.TemporaryDirectory(prefix="chaos-") as directory,
    ):
        source.settings = {
            **source.settings,
            "batch_config": {
                "encoding": {"format": "jsonl", "compression": "gzip"},
                "storage": {"root": Path(directory).as_uri()},
                "batch_size": RECORDS_OF_A_FILE,
            },
        }
        yield source
        left = [file.name for file in Path(directory).iterdir() if file.suffix != ".gz"]
        assert not left, f"incomplete files are left: {left}"


TAPS: Mapping[str, Serve] = {
    "tap-goatcounter": goatcounter.serve,
    "tap-goatcounter in files": _serve_for_files,
    "tap-gotom": gotom.serve,
    "tap-studio-openapi": studio_openapi.serve,
    "tap-apparena": apparena.serve,
}
"""How each tap's source is served. The first word is the tap."""
