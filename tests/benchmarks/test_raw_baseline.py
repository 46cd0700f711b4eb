"""The bare loop gives all rows, as it could not be compared with otherwise."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b'name,said\n"Bla,ck","ba\na"\nWhite,\n'
ROWS = [{"name": "Bla,ck", "said": "ba\na"}, {"name": "White", "said": ""}]


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", TEXT), ("a.csv.gz", gzip.compress(TEXT, mtime=0))]
)
def test_each_row_is_an_object(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    command = [sys.executable, "-m", "tests.benchmarks.raw_baseline", str(path)]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    assert [json.loads(line) for line in lines] == ROWS
