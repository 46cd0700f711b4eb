"""Answers that are asked for ahead of their turn.

Where an answer takes long and many requests may be under way, threads ask for what later parents
need while earlier ones are written. Whoever needs an answer takes it in its own turn, so that
records and state are the same as if one request had followed the other.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

Answer = TypeVar("Answer")
Parent = TypeVar("Parent")

PARENTS_AHEAD_PER_THREAD = 2


class End:
    """What comes after the last item."""


END = End()


class LookAhead:
    """Threads that ask ahead; they end with the process, whatever they wait for."""

    def __init__(self, max_concurrency: int) -> None:
        """Start no thread yet.

        Args:
            max_concurrency: How many requests may be under way; with 1, nothing is asked ahead.
        """
        self._threads_left = max_concurrency if max_concurrency > 1 else 0
        self._parents_ahead = self._threads_left * PARENTS_AHEAD_PER_THREAD
        self._starting = Lock()
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._current: Family | None = None

    def ahead(
        self, parents: Iterable[Parent], start: Callable[[Parent, Family], None]
    ) -> Iterator[Parent]:
        """Give parents in their order, while what the next ones need is asked for.

        While a parent has its turn, `take` gives the answers that were started for it. Those that
        nobody takes are forgotten with it, which bounds the memory.

        Args:
            parents: Those to read; they are drawn some way ahead of their turn.
            start: Starts what one parent needs.

        Yields:
            Each parent.
        """
        waiting: deque[tuple[Parent, Family]] = deque()
        for parent in parents:
            family = Family(self)
            if self._parents_ahead:
                start(parent, family)
            waiting.append((parent, family))
            if len(waiting) > self._parents_ahead:
                yield from self._turn(*waiting.popleft())
        while waiting:
            yield from self._turn(*waiting.popleft())

    def take(self, part: Hashable, read: Callable[[], Answer]) -> Answer:
        """Give the answer for a part of the parent whose turn it is.

        Args:
            part: What `Family.start` called it.
            read: Asks for it, if nobody did so ahead.

        Returns:
            The answer.

        Raises:
            Exception: What reading it raised.
        """
        asked = self._current.pop(part) if self._current else None
        return read() if asked is None else asked.result()

    def one_ahead(self, items: Iterator[Answer]) -> Iterator[Answer]:
        """Give items of which one is always being asked for, beginning with the first at once.

        Args:
            items: Asks for each when it is drawn; nobody else may draw from it.

        Returns:
            The same items.
        """
        return self._one_ahead(items, self._soon(items)) if self._parents_ahead else items

    def _one_ahead(
        self, items: Iterator[Answer], upcoming: Future[Answer | End]
    ) -> Iterator[Answer]:
        while not isinstance(item := upcoming.result(), End):
            upcoming = self._soon(items)
            yield item

    def _soon(self, items: Iterator[Answer]) -> Future[Answer | End]:
        return self.submit(lambda: next(items, END))

    def submit(self, read: Callable[[], Answer]) -> Future[Answer]:
        """Let a thread ask for an answer; threads may call this as well."""
        with self._starting:
            if self._threads_left:
                self._threads_left -= 1
                Thread(target=self._work, daemon=True).start()
        asked: Future[Answer] = Future()
        self._tasks.put((asked, read))
        return asked

    def _turn(self, parent: Parent, family: Family) -> Iterator[Parent]:
        before, self._current = self._current, family
        try:
            yield parent
        finally:
            self._current = before
            family.forget()

    def _work(self) -> None:
        while True:
            asked, read = self._tasks.get()
            if not asked.set_running_or_notify_cancel():
                continue
            try:
                asked.set_result(read())
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                asked.set_exception(error)
            del asked, read  # lest an idle thread keeps a large answer


class Family:
    """What was asked ahead for one parent: its children, and theirs in turn."""

    def __init__(self, look_ahead: LookAhead) -> None:
        """Start with nothing asked.

        Args:
            look_ahead: The threads that ask.
        """
        self._look_ahead = look_ahead
        self._asked: dict[Hashable, Future[Any]] = {}
        self._lock = Lock()
        self._is_over = False

    def start(self, part: Hashable, read: Callable[[], Any]) -> None:
        """Ask for a part ahead, unless that was done; threads may call this as well.

        Args:
            part: What `LookAhead.take` will call it.
            read: Asks for it. It runs in a thread: it sends requests, and touches no state.
        """
        with self._lock:
            if not self._is_over and part not in self._asked:
                self._asked[part] = self._look_ahead.submit(read)

    def pop(self, part: Hashable) -> Future[Any] | None:
        """Give what was asked for a part, None if nothing was."""
        with self._lock:
            return self._asked.pop(part, None)

    def forget(self) -> None:
        """Drop what nobody took, and ask for nothing more."""
        with self._lock:
            self._is_over = True
            for asked in self._asked.values():
                asked.cancel()
            self._asked.clear()
