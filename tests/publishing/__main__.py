"""Write what is made of catalogs and settings anew: ``python -m tests.publishing``.

``python -m tests.demo --pictures`` draws the charts, and ``python -m tests.publishing.site``
collects the pages of the site.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.demo.questions import find_page, write_page
from tests.meltano import REPOSITORY
from tests.publishing.definition import FILE, format_definition, list_extractors, write_project
from tests.publishing.dictionary import FOLDER, build_dictionary, draw
from tests.publishing.readme import write_readme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def main() -> None:
    """Write everything."""
    for file, write in list_files().items():
        file.write_text(write(), encoding="utf-8")


def list_files() -> dict[Path, Callable[[], str]]:
    """Return all files that are generated, each with what returns its content.

    The project's file comes first, as the definitions are made of it.
    """
    files: dict[Path, Callable[[], str]] = {FILE: write_project}
    for tap in list_extractors():
        files[REPOSITORY / tap / "plugin.yaml"] = partial(format_definition, tap)
        files[REPOSITORY / tap / "README.md"] = partial(write_readme, tap)
        files[find_page(tap)] = partial(write_page, tap)
        files[FOLDER / f"{tap}.md"] = partial(_write_dictionary, tap)
        files[FOLDER / f"{tap}.svg"] = partial(_draw_dictionary, tap)
    for diagram in (REPOSITORY / "docs").rglob("*.d2"):
        files[diagram.with_suffix(".svg")] = partial(_draw_diagram, diagram)
    return files


def _write_dictionary(tap: str) -> str:
    return build_dictionary(tap).to_markdown()


def _draw_dictionary(tap: str) -> str:
    return build_dictionary(tap).to_svg()


def _draw_diagram(file: Path) -> str:
    return draw(file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
