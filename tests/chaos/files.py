"""A source whose records the tap hands on in files."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from tests.services.source import Serve, Source

RECORDS_OF_A_FILE = 8
"""So few that there are a hundred lines at which a run can be killed."""


@contextlib.contextmanager
def serve(chance: random.Random, source: Serve) -> Iterator[Source]:
    """Serve until the block is left; no file may be incomplete then.

    Args:
        chance: Where numbers are drawn.
        source: Serves the source.
    """
    with source(chance) as served, tempfile.TemporaryDirectory(prefix="chaos-") as directory:
        served.settings = {
            **served.settings,
            "batch_config": {
                "encoding": {"format": "jsonl", "compression": "gzip"},
                "storage": {"root": Path(directory).as_uri()},
                "batch_size": RECORDS_OF_A_FILE,
            },
        }
        yield served
        left = [file.name for file in Path(directory).iterdir() if file.suffix != ".gz"]
        assert not left, f"incomplete files are left: {left}"
