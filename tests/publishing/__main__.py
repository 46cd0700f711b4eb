"""Write what is made of catalogs and settings anew: ``python -m tests.publishing``.

That are the settings in the project's file, the Hub definitions, and the READMEs' tables.
"""

from __future__ import annotations

from tests.publishing import project
from tests.publishing.definition import extractors, file_of, text_of
from tests.publishing.readme import fresh_readme, readme_of


def main() -> None:
    """Write everything."""
    project.FILE.write_text(project.fresh_project(), encoding="utf-8")
    for tap in extractors():
        file_of(tap).write_text(text_of(tap), encoding="utf-8")
        readme_of(tap).path.write_text(fresh_readme(tap), encoding="utf-8")


if __name__ == "__main__":
    main()
