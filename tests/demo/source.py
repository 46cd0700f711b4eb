"""What the demonstration needs to know of a server that a tap reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.demo.questions import Rows


class Source(Protocol):
    """A server with data on it."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The environment variables by which the tap finds the server and may read it."""

    @property
    def sent_again(self) -> Mapping[str, int]:
        """The streams that send what is new, each with how many known rows come again as well."""

    @property
    def changed(self) -> Mapping[str, int]:
        """How many known rows of a table `grow` gives other values, for some tables."""

    def count_rows(self) -> Mapping[str, int]:
        """Count the rows that a complete copy has now, for the main streams at least."""

    def answer_questions(self) -> Mapping[str, Rows]:
        """Answer the questions in ``docs/questions`` by what is here, without their queries."""

    def grow(self) -> str:
        """Add and change data, and say in a sentence what."""
