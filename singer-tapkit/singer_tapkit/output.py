"""Whole lines on standard output, whatever signals come and however Python was started."""

from __future__ import annotations

import errno
import os
import signal
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def write_all(output: IO[bytes], content: bytes | bytearray) -> None:
    """Write everything, and flush.

    Where Python does not buffer, as with ``PYTHONUNBUFFERED`` in many container images, one call
    writes only what fits into the pipe when a signal comes meanwhile.

    Raises:
        OSError: It cannot be written, or not without waiting.
    """
    done = 0
    # The SDK's writer uses its buffer again, which it cannot while anything looks into it.
    with memoryview(content) as view:
        while done < len(view):
            with view[done:] as rest:
                written = output.write(rest)
            if written is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            done += written
    output.flush()


@contextmanager
def block_signals() -> Iterator[None]:
    """Hold signals back while something is written that must not be cut in two.

    A mask would not do: it is one thread's, and the signal would come by another. Python calls
    handlers in the main thread alone, so that other threads need nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: received.append(number))
        for number in STOP_SIGNALS
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for signal_number in received:
            signal.raise_signal(signal_number)
