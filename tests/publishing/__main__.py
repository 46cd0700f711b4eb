"""Write what is made of catalogs and settings anew: ``python -m tests.publishing``.

That are the settings in the project's file, the Hub definitions, the READMEs' tables, the data
dictionary with its pictures, and the pages of questions. ``python -m tests.demo --pictures`` draws
the charts.
"""

from __future__ import annotations

from tests.demo.questions import page_path, page_text
from tests.publishing import project
from tests.publishing.definition import extractors, file_of, text_of
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


if __name__ == "__main__":
    main()
