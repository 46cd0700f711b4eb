"""Each query of the pages of questions has a chart of its own."""

from __future__ import annotations

import pytest

from tests.demo.questions import list_questions
from tests.publishing.definition import list_extractors

each_tap = pytest.mark.parametrize("tap", list_extractors())


@each_tap
def test_charts_are_those_of_the_queries(tap: str) -> None:
    stale = [
        question.name
        for question in list_questions(tap)
        if question.digest not in question.picture.read_text(encoding="utf-8")
    ]

    assert stale == [], "Draw them anew: make docs"
