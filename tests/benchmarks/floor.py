"""The least that must be done with an export: unpack, split into cells, encode.

Run with a file's name, it writes the rows as JSON lines.
"""

from __future__ import annotations

import csv
import gzip
import sys

import msgspec


def main(name: str) -> None:
    """Write the rows of a gzipped CSV file to stdout, each as a JSON object."""
    write = sys.stdout.buffer.write
    encode = msgspec.json.Encoder().encode
    with gzip.open(name, "rt", encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        names = next(rows)
        for row in rows:
            write(encode(dict(zip(names, row, strict=True))) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
