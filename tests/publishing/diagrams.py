"""The diagrams of the documentation, which stand in ``docs`` as D2 beside their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.meltano import REPOSITORY
from tests.publishing.dictionary import draw

if TYPE_CHECKING:
    from pathlib import Path

DIAGRAMS = sorted((REPOSITORY / "docs").rglob("*.d2"))


def find_picture(diagram: Path) -> Path:
    """Return the file with the picture of a diagram."""
    return diagram.with_suffix(".svg")


def draw_diagram(diagram: Path) -> str:
    """Return the picture of a diagram."""
    return draw(diagram.read_text(encoding="utf-8"))
