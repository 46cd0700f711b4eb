"""How the sandbox's goTom sends reports, whole and broken, small and huge."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.clients import GotomClient as Client
from tests.sandbox.gotom import Dialect, GeneratedCsv, GoTom, Report, awkward_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GRAPH = "/app-api/graph-export/download/46"
SMALL = Report(b'"a","b"\n"1","2"\n')

DIALECTS = [
    Dialect(),
    Dialect(quotes_all=False),
    Dialect(delimiter=";", line_end="\r\n", has_bom=True),
    Dialect(delimiter="\t", quotes_all=False, encoding="cp1252"),
    Dialect(quote="'"),
]


@pytest.fixture
def gotom() -> GoTom:
    """An instance whose clock stands still."""
    sandbox = GoTom(now=lambda: NOW)
    sandbox.add_user("graph_user", "key", {"reports"})
    return sandbox


@pytest.fixture
def client(gotom: GoTom) -> Iterator[Client]:
    """A client that may read reports."""
    with gotom.serve() as url:
        yield Client(url, "graph_user", "key", lambda: NOW)


@pytest.fixture(params=DIALECTS, ids=repr)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """A way to write CSV."""
    found: Dialect = request.param
    return found


def read(body: bytes, dialect: Dialect) -> list[tuple[str, ...]]:
    """Read what a dialect has written with a reader of somebody else."""
    assert body.startswith(dialect.start)
    text = body.removeprefix(dialect.start).decode(dialect.encoding)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote
    )
    return [tuple(row) for row in reader]


def test_a_report_is_sent_as_documented(client: Client, gotom: GoTom) -> None:
    gotom.add_report(46, SMALL)
    answer = client.get(GRAPH)
    assert (answer.status, answer.body) == (200, SMALL.content)
    assert answer.headers["Content-Type"] == "text/csv;charset=utf-8"
    assert answer.headers["Transfer-Encoding"] == "chunked"


def test_awkward_rows_survive_every_dialect(client: Client, gotom: GoTom, dialect: Dialect) -> None:
    unicode_rows = awkward_rows.UNICODE_ROWS if dialect.encoding == "utf-8" else ()
    rows = [*awkward_rows.ROWS, *unicode_rows]
    gotom.add_report(46, Report.of_rows(awkward_rows.HEADER, rows, dialect))
    assert read(client.get(GRAPH).body, dialect) == [awkward_rows.HEADER, *rows]


@pytest.mark.parametrize("rows", [0, 1, 999, 1000, 1001, 2500])
def test_a_generated_report_holds_the_rows_it_says(client: Client, gotom: GoTom, rows: int) -> None:
    generated = GeneratedCsv(rows)
    gotom.add_report(46, Report(generated))
    found = read(client.get(GRAPH).body, Dialect())
    assert found == [tuple(generated.header), *map(generated.row, range(rows))]
    assert len({row[0] for row in found}) == rows + 1


def test_a_huge_report_needs_little_memory(client: Client, gotom: GoTom) -> None:
    report = Report.of_size(2 * 2**30)
    assert report.size > 2 * 2**30
    gotom.add_report(46, report)
    connection = http.client.HTTPConnection(client.url.removeprefix("http://"), timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", GRAPH, headers=client.signed(GRAPH))
        answer, received = connection.getresponse(), 0
        tracemalloc.start()
        while received < 64 * 2**20:
            received += len(answer.read(2**20))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * 2**20


def test_a_transfer_can_break_off(client: Client, gotom: GoTom) -> None:
    gotom.add_report(46, replace(Report.of_size(2**20), ends_after=500_000))
    with pytest.raises(http.client.IncompleteRead):
        client.get(GRAPH)
