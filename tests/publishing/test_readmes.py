"""The tables of settings and streams in the READMEs are those of the taps."""

from __future__ import annotations

import pytest

from tests.publishing.definition import extractors
from tests.publishing.readme import fresh_readme, readme_of


@pytest.mark.parametrize("tap", extractors())
def test_the_tables_of_a_readme_are_fresh(tap: str) -> None:
    assert readme_of(tap).text == fresh_readme(tap), "Write them anew: python -m tests.publishing"
