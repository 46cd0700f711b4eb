"""Write the Hub definitions and the READMEs' tables anew: ``python -m tests.publishing``."""

from __future__ import annotations

from tests.publishing.definition import extractors, file_of, text_of
from tests.publishing.readme import fresh_readme, readme_of

for tap in extractors():
    file_of(tap).write_text(text_of(tap), encoding="utf-8")
    readme_of(tap).path.write_text(fresh_readme(tap), encoding="utf-8")
