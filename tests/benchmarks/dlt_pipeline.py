# /// script
# requires-python = ">=3.11"
# dependencies = ["dlt[duckdb,postgres]==1.31.0", "pyarrow>=20"]
# ///
"""Read hits of GoatCounter or a report of goTom with dlt, as its users would.

It runs in the environment that its head describes; the one argument is a `Job` as JSON.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

import dlt
import pyarrow as pa
from dlt.sources.helpers import requests
from pyarrow import csv as arrow_csv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 5000
FORMATS = {"": "jsonl", "postgres": "csv", "duckdb": "parquet"}
ROW_NUMBER = "row_number"
SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True)
class Job:
    """What to extract.

    Attributes:
        reads: ``hits`` or ``report``.
        as_arrow: Whether rows are handed over as Arrow tables rather than as lists of dicts.
        directory: Where dlt works and writes.
        url: The server's.
        columns: The names of the columns, all of which are text.
        user: Who signs for the report.
        secret: What it is signed with, or the token for the hits.
        number: The report's.
        destination: ``postgres`` or ``duckdb``; JSON Lines without one.
        credentials: The address or the file of the database.
    """

    reads: str
    as_arrow: bool
    directory: str
    url: str
    columns: Sequence[str]
    secret: str
    user: str = ""
    number: int = 0
    destination: str = ""
    credentials: str = ""


def main(job: Job) -> None:
    """Extract, normalize and load."""
    pipeline = dlt.pipeline(
        pipeline_name=job.reads,
        pipelines_dir=f"{job.directory}/pipelines",
        destination=build_destination(job),
        dataset_name="bench",
    )
    columns: dict[str, Any] = {name: {"data_type": "text"} for name in job.columns}
    rows = read_tables(job) if job.as_arrow else read_lists(job)
    if job.destination:
        columns[ROW_NUMBER] = {"data_type": "bigint"}
        rows = number_tables(rows) if job.as_arrow else number_lists(rows)
    resource = dlt.resource(
        rows,
        name=job.reads,
        columns=columns,
        max_table_nesting=0,
        primary_key=ROW_NUMBER if job.destination else None,
        write_disposition="merge" if job.destination else "append",
    )
    pipeline.run(resource, loader_file_format=FORMATS[job.destination]).raise_on_failed_jobs()


def build_destination(job: Job) -> Any:
    """Return where the rows go."""
    match job.destination:
        case "postgres":
            return dlt.destinations.postgres(job.credentials)
        case "duckdb":
            return dlt.destinations.duckdb(job.credentials)
    return dlt.destinations.filesystem(f"file://{job.directory}/output")


def number_lists(lists: Iterator[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """Number the rows of lists, which have no other key."""
    numbers = count(1)
    for rows in lists:
        for row in rows:
            row[ROW_NUMBER] = next(numbers)
        yield rows


def number_tables(tables: Iterator[Any]) -> Iterator[Any]:
    """Number the rows of Arrow tables."""
    first = 1
    for table in tables:
        numbers = pa.array(range(first, first + table.num_rows), pa.int64())
        whole = pa.Table.from_batches([table])
        yield whole.append_column(ROW_NUMBER, numbers)
        first += table.num_rows


def read_lists(job: Job) -> Iterator[list[dict[str, str]]]:
    """Hand over lists of rows."""
    rows = csv.reader(io.TextIOWrapper(open_csv(job), encoding="utf-8", newline=""))
    next(rows)
    while batch := [dict(zip(job.columns, row, strict=True)) for row in islice(rows, BATCH)]:
        yield batch


def read_tables(job: Job) -> Iterator[Any]:
    """Hand over tables, which Arrow reads by itself."""
    yield from arrow_csv.open_csv(
        open_csv(job),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(job.columns, pa.string()), strings_can_be_null=False
        ),
    )


def open_csv(job: Job) -> BinaryIO:
    """Open the CSV file while it is downloaded."""
    return open_hits(job) if job.reads == "hits" else open_report(job)


def open_hits(job: Job) -> BinaryIO:
    """Ask GoatCounter for an export, wait until it is there, and open it."""
    session = requests.Client().session
    session.headers["Authorization"] = f"Bearer {job.secret}"
    exports = f"{job.url}/api/v0/export"
    response = session.post(exports, json={})
    export = f"{exports}/{response.json()['id']}"
    while not session.get(export).json()["finished_at"]:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return decompress(open_body(session.get(f"{export}/download", stream=True)))


def open_report(job: Job) -> BinaryIO:
    """Open a report of goTom with a request that is signed."""
    url = f"{job.url}/app-api/graph-export/download/{job.number}"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    no_body = hashlib.md5(b"", usedforsecurity=False).hexdigest()
    text = f"GET\n{no_body}\napplication/json\n{now}\n\n{urlsplit(url).path}"
    signature = base64.b64encode(hmac.digest(job.secret.encode(), text.encode(), "sha1"))
    headers = {
        "Authorization": f"gotom_app_api {job.user}:{signature.decode()}",
        "Content-Type": "application/json",
        "Date": now,
    }
    return open_body(requests.get(url, headers=headers, stream=True))


def open_body(response: Any) -> BinaryIO:
    """Return the body as a file that stays open when it has been read, as readers of text want."""
    body: BinaryIO = response.raw
    response.raw.auto_close = False
    return body


def decompress(body: BinaryIO) -> BinaryIO:
    """Decompress with the library that is faster than Python's own."""
    unzipped: BinaryIO = pa.CompressedInputStream(body, "gzip")
    return unzipped


if __name__ == "__main__":
    main(Job(**json.loads(sys.argv[1])))
