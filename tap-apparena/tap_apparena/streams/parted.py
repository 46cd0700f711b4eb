"""Streams in parts: one that is not there or fails does no harm to the others."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from tap_apparena.answers import FAILURES
from tap_apparena.errors import AnswerError
from tap_apparena.failures import MOST_FAILURES_IN_A_ROW, REST_IS_LEFT_OUT, ForgivingStream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


class PartedStream(ForgivingStream):
    """A stream, read in one part or in many.

    Attributes:
        absences: The statuses by which the server says that something is not there, and what.
        final: The statuses after which all other parts would fail as well.
        is_over: Whether they would, so that nothing more is asked.
    """

    absences: ClassVar[Mapping[int, str]] = {}
    final: ClassVar[Collection[int]] = (HTTPStatus.UNAUTHORIZED,)
    is_over = False
    _failures_in_a_row = 0
    _ended_at = ""

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Let the stream end with what would fail for all parts."""
        try:
            yield
        except FAILURES as error:
            self.is_over = True
            if self._ended_at:
                self.fail(self._ended_at, error, REST_IS_LEFT_OUT)
            else:
                self.fail(self.name, error)

    @contextmanager
    def alone(self, part: str) -> Iterator[None]:
        """Let a part be absent or fail.

        Args:
            part: What it is called in messages.

        Raises:
            FatalAPIError: All other parts would fail as well.
        """
        try:
            yield
        except FAILURES as error:
            status = error.status if isinstance(error, AnswerError) else None
            if status is not None and status in self.absences:
                self._failures_in_a_row = 0
                self.skip(self.absences[status], f"{part} {error}".strip())
                return
            if status in self.final:
                raise
            place = f"{self.name} of {part}" if part else self.name
            self._failures_in_a_row += 1
            if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
                self._ended_at = self._ended_at or place
                raise
            self.fail(place, error)
        else:
            self._failures_in_a_row = 0

    def check_access(self) -> bool:
        """Check that the stream may be read, if one request can tell.

        Returns:
            Whether it can; by default it cannot.

        Raises:
            FatalAPIError: It may not be read.
        """
        return False
