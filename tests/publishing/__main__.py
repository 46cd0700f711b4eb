"""Write the Hub definitions of all taps anew: ``python -m tests.publishing``."""

from __future__ import annotations

from tests.publishing.definition import extractors, file_of, text_of

for tap in extractors():
    file_of(tap).write_text(text_of(tap), encoding="utf-8")
