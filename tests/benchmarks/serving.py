"""Serve from a process of its own, so that serving takes no time from the tap."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection


@contextmanager
def apart(serve: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Serve until the block is left.

    Args:
        serve: Serves until its block is left, and gives the URL; it must fit into a pickle.
    """
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(far, serve), daemon=True
    )
    process.start()
    try:
        yield near.recv()
    finally:
        near.send(None)
        process.join()


def _serve(far: Connection, serve: Callable[[], AbstractContextManager[str]]) -> None:
    with serve() as url:
        far.send(url)
        far.recv()
