"""What is generated is what would be generated now."""

from __future__ import annotations

import pytest

from tests.meltano import REPOSITORY
from tests.publishing.__main__ import list_files

FILES = {str(file.relative_to(REPOSITORY)): write for file, write in list_files().items()}


@pytest.mark.parametrize("file", FILES)
def test_what_is_generated_is_fresh(file: str) -> None:
    written = (REPOSITORY / file).read_text(encoding="utf-8")

    assert written == FILES[file](), "Write it anew: python -m tests.publishing"
