"""The pages of questions show what there is, and each query has a chart of its own."""

from __future__ import annotations

import pytest

from tests.demo.questions import page_path, page_text, questions_of
from tests.publishing.definition import extractors

each_tap = pytest.mark.parametrize("tap", extractors())


@each_tap
def test_the_page_of_a_tap_is_fresh(tap: str) -> None:
    written = page_path(tap).read_text(encoding="utf-8")

    assert written == page_text(tap), "Write it anew: make docs"


@each_tap
def test_charts_are_those_of_the_queries(tap: str) -> None:
    stale = [
        question.name
        for question in questions_of(tap)
        if question.digest not in question.picture.read_text(encoding="utf-8")
    ]

    assert stale == [], "Draw them anew: make docs"
