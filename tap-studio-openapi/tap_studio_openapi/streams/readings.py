"""How the reading of one stream in one studio goes, and when it has gone wrong for good."""

from __future__ import annotations

from dataclasses import dataclass

from tap_studio_openapi.failures import MOST_FAILURES_IN_A_ROW

MOST_REFUSALS_IN_A_ROW = 10


@dataclass
class Reading:
    """What has happened so far.

    Attributes:
        is_over: Whether the rest would fail as well, so that nothing more is asked.
        is_complete: Whether everything was read that can be.
        forbidden: How many parts the server has denied without saying why.
        answered: How many it has given.
    """

    is_over: bool = False
    is_complete: bool = True
    forbidden: int = 0
    answered: int = 0
    _refusals_in_a_row: int = 0
    _failures_in_a_row: int = 0

    def answer(self) -> None:
        """Note that a part was read."""
        self.answered += 1
        self._refusals_in_a_row = self._failures_in_a_row = 0

    def refuse(self) -> bool:
        """Note that a part was refused, and tell whether all of them seem to be."""
        self._refusals_in_a_row += 1
        return self._refusals_in_a_row >= MOST_REFUSALS_IN_A_ROW

    def fail(self) -> bool:
        """Note that a part has failed, and tell whether all of them seem to."""
        self.is_complete = False
        self._failures_in_a_row += 1
        return self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW

    def end(self) -> None:
        """Note that the rest is left."""
        self.is_over = True
        self.is_complete = False

    @property
    def is_forbidden(self) -> bool:
        """Whether all that was asked for was denied without saying why."""
        return bool(self.forbidden) and not self.answered
