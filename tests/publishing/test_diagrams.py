"""The pictures of the diagrams are those of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.publishing.diagrams import DIAGRAMS, draw_diagram, find_picture

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_the_picture_of_a_diagram_is_fresh(diagram: Path) -> None:
    written = find_picture(diagram).read_text(encoding="utf-8")

    assert written == draw_diagram(diagram), "Draw it anew: make docs"
