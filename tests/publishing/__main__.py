"""Write what is made of catalogs and settings anew: ``python -m tests.publishing``.

That are the settings in the project's file, the Hub definitions, the READMEs' tables, the data
dictionary with its pictures, the pages of questions, and the diagrams.

``python -m tests.demo --pictures`` draws the charts, and ``python -m tests.publishing.site``
collects the pages of the site.
"""

from __future__ import annotations

from tests.demo.questions import page_path, page_text
from tests.publishing import project
from tests.publishing.definition import extractors, file_of, text_of
from tests.publishing.diagrams import DIAGRAMS, draw_diagram, picture_of
from tests.publishing.dictionary import dictionary_of
from tests.publishing.readme import fresh_readme, readme_of


def main() -> None:
    """Write everything."""
    project.FILE.write_text(project.fresh_project(), encoding="utf-8")
    for tap in extractors():
        file_of(tap).write_text(text_of(tap), encoding="utf-8")
        readme_of(tap).path.write_text(fresh_readme(tap), encoding="utf-8")
        page_path(tap).write_text(page_text(tap), encoding="utf-8")
        dictionary = dictionary_of(tap)
        dictionary.page.write_text(dictionary.to_markdown(), encoding="utf-8")
        dictionary.picture.write_text(dictionary.to_svg(), encoding="utf-8")
    for diagram in DIAGRAMS:
        picture_of(diagram).write_text(draw_diagram(diagram), encoding="utf-8")


if __name__ == "__main__":
    main()
