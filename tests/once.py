"""Make what takes long once, for all workers that run tests at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def make_once(
    name: str,
    make: Callable[[Path], object],
    factory: pytest.TempPathFactory,
    worker_id: str,
) -> Path:
    """Make a directory unless another worker has.

    Args:
        name: What it is called.
        make: Fills it, empty.
        factory: Knows the folder of this worker.
        worker_id: Names this worker.
    """
    own = factory.getbasetemp()
    directory = (own if worker_id == "master" else own.parent) / name
    done = directory.with_suffix(".done")
    with FileLock(directory.with_suffix(".lock")):
        if not done.exists():
            directory.mkdir()
            make(directory)
            done.touch()
    return directory
