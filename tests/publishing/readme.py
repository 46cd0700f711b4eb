"""What stands in a document: its headings, tables, code and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
LINK = re.compile(r"\]\(([^)]+)\)")
NO_PART_OF_AN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Document:
    """A document in Markdown.

    Attributes:
        path: Its file.
    """

    path: Path

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """All but the blocks of code."""
        return FENCE.sub("", self.text)

    @property
    def headings(self) -> list[str]:
        """Its headings below the title, without those of subsections."""
        return re.findall(r"^## (.+)$", self.prose, re.MULTILINE)

    @property
    def anchors(self) -> set[str]:
        """Where links can lead to within it."""
        titles = HEADING.findall(self.prose)
        return {NO_PART_OF_AN_ANCHOR.sub("", title.lower()).replace(" ", "-") for title in titles}

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return LINK.findall(self.prose)

    @property
    def quoted(self) -> list[str]:
        """What stands in the text between backticks."""
        return quoted_in(self.prose)

    def blocks(self, language: str) -> list[str]:
        """Give its blocks of code in a language, or in none for an empty text."""
        return [code for named, code in FENCE.findall(self.text) if named == language]

    def section(self, heading: str) -> str:
        """Give what stands below a heading, of whatever level, up to the next of the highest."""
        _, below = re.split(rf"^#+ {re.escape(heading)}\n", self.text, flags=re.MULTILINE)
        return re.split(r"^## ", below, maxsplit=1, flags=re.MULTILINE)[0]

    def rows(self, heading: str, table: int = 0) -> list[dict[str, str]]:
        """Give the rows of a table below a heading, by the names of its columns.

        Args:
            heading: The heading.
            table: Which one of its tables.
        """
        head, _, *rows = TABLE.findall(self.section(heading))[table].splitlines()
        names = list(_cells(head))
        return [dict(zip(names, _cells(row), strict=True)) for row in rows]


def readme_of(tap: str) -> Document:
    """Give the README of a tap."""
    return Document(REPOSITORY / tap / "README.md")


def quoted_in(text: str) -> list[str]:
    """Give what stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def _cells(line: str) -> Iterator[str]:
    return (cell.strip() for cell in line.strip().strip("|").split("|"))
