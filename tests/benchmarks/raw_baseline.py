"""The plainest loop over a file of rows: unpack, split into cells, encode.

Run with a file's name, it writes the rows as JSON lines.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path
from typing import TextIO, cast

import msgspec


def main(path: Path) -> None:
    """Write the rows of a CSV file, gzipped or not, to stdout, each as a JSON object."""
    write = sys.stdout.buffer.write
    encode = msgspec.json.Encoder().encode
    with _open(path) as text:
        rows = csv.reader(text)
        names = next(rows)
        for row in rows:
            write(encode(dict(zip(names, row, strict=True))) + b"\n")


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast("TextIO", gzip.open(path, "rt", encoding="utf-8", newline=""))
    return path.open(encoding="utf-8", newline="")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
