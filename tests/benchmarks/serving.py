"""Serve from a process of its own, so that serving takes no time from the tap."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

    from tests.sandbox.faults import Effect
    from tests.sandbox.sandbox import Sandbox
    from tests.sandbox.traffic import ReceivedRequest


@dataclass
class Served:
    """A sandbox in another process.

    Attributes:
        url: Where it serves.
        requests: What it has received, in order, once it serves no more.
    """

    url: str
    requests: Sequence[ReceivedRequest] = ()


@contextmanager
def serve_apart(make: Callable[[], Sandbox], effect: Effect | None = None) -> Iterator[Served]:
    """Serve until the block is left.

    Args:
        make: Makes the sandbox; it must fit into a pickle.
        effect: What happens to all requests, if anything does; it must fit as well.
    """
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(far, make, effect), daemon=True
    )
    process.start()
    far.close()
    served = Served(near.recv())
    try:
        yield served
    finally:
        near.send(None)
        served.requests = near.recv()
        process.join()


def _serve(far: Connection, make: Callable[[], Sandbox], effect: Effect | None) -> None:
    sandbox = make()
    if effect:
        sandbox.faults.add("*", "*", effect, times=None)
    with sandbox.serve() as url:
        far.send(url)
        far.recv()
    far.send(sandbox.requests)
