"""The tables of settings and streams in the READMEs are those of the taps."""

from __future__ import annotations

import pytest

from tests.publishing.definition import list_extractors
from tests.publishing.readme import find_readme, write_readme


@pytest.mark.parametrize("tap", list_extractors())
def test_the_tables_of_a_readme_are_fresh(tap: str) -> None:
    assert find_readme(tap).text == write_readme(tap), "Write them anew: python -m tests.publishing"
