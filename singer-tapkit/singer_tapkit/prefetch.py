"""Send requests ahead of their turn, and read their results in order.

While the records of one parent are written, threads send what the next parents need. Whoever needs
a result reads it in its own turn, so that records and state are the same as if one request had
followed the other.
"""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import Future, wait
from itertools import islice
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

Result = TypeVar("Result")
Parent = TypeVar("Parent")
Item = TypeVar("Item")

SECONDS_PER_WAIT = 1.0

PARENTS_PER_THREAD = 2
"""How many parents are prefetched for each thread."""

_END: Any = object()
"""Follows the last item."""

_logger = logging.getLogger(__name__)


class Prefetcher:
    """Threads that send requests ahead; they end with the process, however long a response takes.

    When the system has no thread left, the run goes on with those that there are, or with none.

    Attributes:
        on_wait: Called every second while a result is awaited.
    """

    on_wait: Callable[[], object] | None = None

    def __init__(self, max_concurrency: int) -> None:
        """Start no thread yet; so many requests may be in flight, and none is prefetched with 1."""
        self._threads_left = max_concurrency if max_concurrency > 1 else 0
        self._parents_ahead = self._threads_left * PARENTS_PER_THREAD
        self._has_threads = False
        self._lock = Lock()
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._current: PendingRequests | None = None

    def prefetch(
        self, parents: Iterable[Parent], submit: Callable[[Parent, PendingRequests], None]
    ) -> Iterator[Parent]:
        """Yield parents in their order, while the requests of the next ones are sent.

        While a parent has its turn, `result` returns what was submitted for it. Results that
        nobody reads are dropped at the end of the turn, which bounds the memory.

        Args:
            parents: The parents; they are drawn some way ahead of their turn. An error in drawing
                them is raised after the turns of those before.
            submit: Submits the requests of one parent.
        """
        waiting: deque[tuple[Parent, PendingRequests]] = deque()
        try:
            for parent in parents:
                pending = PendingRequests(self)
                waiting.append((parent, pending))
                if self._parents_ahead:
                    submit(parent, pending)
                yield from self._turns(waiting, self._parents_ahead)
        except Exception:
            yield from self._turns(waiting, 0)
            raise
        else:
            yield from self._turns(waiting, 0)
        finally:
            for _, pending in waiting:
                pending.cancel()

    def result(self, part: Hashable, read: Callable[[], Result]) -> Result:
        """Return the result for a part of the parent that has its turn.

        Args:
            part: What `PendingRequests.submit` called it.
            read: Reads it now, if it was not submitted.

        Raises:
            Exception: What reading it raised.
        """
        future = self._current.pop(part) if self._current else None
        return read() if future is None else self._wait_for(future)

    def read_ahead(self, items: Iterator[Item]) -> Iterator[Item]:
        """Return the same items, of which the next one is always being read, from now on.

        Each is read when it is drawn; nobody else may draw from them.
        """
        if not self._start_thread():
            return items
        return self._read_ahead(items, self._enqueue_next(items))

    def submit(self, read: Callable[[], Result]) -> Future[Result] | None:
        """Let a thread read a result, None if there is no thread; threads may call this as well."""
        return self._enqueue(read) if self._start_thread() else None

    def _read_ahead(self, items: Iterator[Item], upcoming: Future[Item]) -> Iterator[Item]:
        while (item := self._wait_for(upcoming)) is not _END:
            upcoming = self._enqueue_next(items)
            yield item

    def _wait_for(self, future: Future[Result]) -> Result:
        while self.on_wait is not None and not future.done():
            wait((future,), SECONDS_PER_WAIT)
            self.on_wait()
        return future.result()

    def _enqueue_next(self, items: Iterator[Item]) -> Future[Item]:
        return self._enqueue(lambda: next(items, _END))

    def _enqueue(self, read: Callable[[], Result]) -> Future[Result]:
        future: Future[Result] = Future()
        self._tasks.put((future, read))
        return future

    def _start_thread(self) -> bool:
        """Start one more thread if that is allowed, and return whether there is any."""
        with self._lock:
            if self._threads_left:
                try:
                    Thread(target=self._work, daemon=True).start()
                except RuntimeError as error:
                    _logger.warning("The run goes on with fewer threads: %s.", error)
                    self._threads_left = 0
                else:
                    self._threads_left -= 1
                    self._has_threads = True
            return self._has_threads

    def _turns(self, waiting: deque[tuple[Parent, PendingRequests]], most: int) -> Iterator[Parent]:
        """Yield the first of those who wait, until so many are left at most."""
        while len(waiting) > most:
            parent, pending = waiting.popleft()
            before, self._current = self._current, pending
            try:
                yield parent
            finally:
                self._current = before
                pending.cancel()

    def _work(self) -> None:
        while True:
            future, read = self._tasks.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(read())
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is read
                future.set_exception(error)
            del future, read  # an idle thread must not keep a large result


class PendingRequests:
    """What was submitted for one parent: the requests of its children, and of theirs in turn."""

    def __init__(self, prefetcher: Prefetcher) -> None:
        """Start with no request; the threads of the prefetcher will send them."""
        self._prefetcher = prefetcher
        self._futures: dict[Hashable, Future[Any]] = {}
        self._lock = Lock()
        self._is_cancelled = False

    def submit(self, part: Hashable, read: Callable[[], Any]) -> None:
        """Let a thread read a part, unless that was submitted before; threads may call this, too.

        Args:
            part: What `Prefetcher.result` will call it.
            read: Reads it. It runs in a thread: it sends requests, and touches no state.
        """
        with self._lock:
            if self._is_cancelled or part in self._futures:
                return
            future = self._prefetcher.submit(read)
            if future:
                self._futures[part] = future

    def pop(self, part: Hashable) -> Future[Any] | None:
        """Return what was submitted for a part, None if nothing was."""
        with self._lock:
            return self._futures.pop(part, None)

    def cancel(self) -> None:
        """Drop what nobody has read, and accept no more."""
        with self._lock:
            self._is_cancelled = True
            for future in self._futures.values():
                future.cancel()
            self._futures.clear()


def round_robin(iterables: Iterable[Iterator[Item]], at_once: int) -> Iterator[Item]:
    """Yield the first item of each iterator, then the second of each, and so on.

    So many are open at once; each is drawn when its turn comes. Where one ends, the next takes its
    place.
    """
    waiting = iter(iterables)
    is_open = deque(islice(waiting, at_once))
    while is_open:
        current = is_open.popleft()
        for item in current:
            yield item
            is_open.append(current)
            break
        else:
            is_open.extend(islice(waiting, 1))
