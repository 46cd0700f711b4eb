"""The pages of questions show what there is, and each query has a chart of its own."""

from __future__ import annotations

import pytest

from tests.demo.questions import find_page, list_questions, write_page
from tests.publishing.definition import list_extractors

each_tap = pytest.mark.parametrize("tap", list_extractors())


@each_tap
def test_the_page_of_a_tap_is_fresh(tap: str) -> None:
    written = find_page(tap).read_text(encoding="utf-8")

    assert written == write_page(tap), "Write it anew: make docs"


@each_tap
def test_charts_are_those_of_the_queries(tap: str) -> None:
    stale = [
        question.name
        for question in list_questions(tap)
        if question.digest not in question.picture.read_text(encoding="utf-8")
    ]

    assert stale == [], "Draw them anew: make docs"
