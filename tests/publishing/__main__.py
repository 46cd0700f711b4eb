"""Write what is made of catalogs and settings anew: ``python -m tests.publishing``.

That are the settings in the project's file, the Hub definitions, the READMEs' tables, the data
dictionary with its pictures, the pages of questions, and the diagrams.

``python -m tests.demo --pictures`` draws the charts, and ``python -m tests.publishing.site``
collects the pages of the site.
"""

from __future__ import annotations

from tests.demo.questions import find_page, write_page
from tests.publishing import project
from tests.publishing.definition import find_definition, format_definition, list_extractors
from tests.publishing.diagrams import DIAGRAMS, draw_diagram, find_picture
from tests.publishing.dictionary import build_dictionary
from tests.publishing.readme import find_readme, write_readme


def main() -> None:
    """Write everything."""
    project.FILE.write_text(project.write_project(), encoding="utf-8")
    for tap in list_extractors():
        find_definition(tap).write_text(format_definition(tap), encoding="utf-8")
        find_readme(tap).path.write_text(write_readme(tap), encoding="utf-8")
        find_page(tap).write_text(write_page(tap), encoding="utf-8")
        dictionary = build_dictionary(tap)
        dictionary.page.write_text(dictionary.to_markdown(), encoding="utf-8")
        dictionary.picture.write_text(dictionary.to_svg(), encoding="utf-8")
    for diagram in DIAGRAMS:
        find_picture(diagram).write_text(draw_diagram(diagram), encoding="utf-8")


if __name__ == "__main__":
    main()
