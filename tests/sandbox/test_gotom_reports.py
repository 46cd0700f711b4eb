"""How the sandbox's goTom sends reports, whole and broken, small and huge."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.gotom import Dialect, Ending, GeneratedCsv, GoTom, Report, awkward_rows
from tests.sandbox.gotom_client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GRAPH = "/app-api/graph-export/download/46"
CUSTOM = "/app-api/custom-report-export/download/46"
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


def test_each_kind_of_report_has_its_own_address(client: Client, gotom: GoTom) -> None:
    def answers() -> list[tuple[int, bool]]:
        found = [client.get(GRAPH), client.get(CUSTOM)]
        return [(answer.status, answer.is_page) for answer in found]

    assert answers() == [(404, True), (404, True)]
    gotom.add_report(46, SMALL, "graph")
    assert answers() == [(200, False), (404, True)]
    gotom.add_report(46, SMALL, "custom")
    assert answers() == [(200, False), (200, False)]
    gotom.remove_report(46)
    assert answers() == [(500, True), (200, False)]


def test_awkward_rows_survive_every_dialect(client: Client, gotom: GoTom, dialect: Dialect) -> None:
    unicode_rows = awkward_rows.UNICODE_ROWS if dialect.encoding == "utf-8" else ()
    rows = [*awkward_rows.ROWS, *unicode_rows]
    gotom.add_report(46, Report.of_rows(awkward_rows.HEADER, rows, dialect))
    assert read(client.get(GRAPH).body, dialect) == [awkward_rows.HEADER, *rows]


@pytest.mark.parametrize(
    ("report", "body"),
    [
        (Report(), b""),
        (Report.of_rows(("a", "b"), ()), b'"a","b"\n'),
        (Report.of_rows(("a",), (), Dialect(has_bom=True)), b'\xef\xbb\xbf"a"\n'),
        (Report.of_rows(("ä",), [("ö",)], Dialect(encoding="cp1252")), b'"\xe4"\n"\xf6"\n'),
    ],
)
def test_reports_may_hold_little(client: Client, gotom: GoTom, report: Report, body: bytes) -> None:
    for declares_length in (True, False):
        gotom.add_report(46, replace(report, declares_length=declares_length))
        answer = client.get(GRAPH)
        assert answer.body == body
        assert answer.headers.get("Content-Length") == (str(len(body)) if declares_length else None)


@pytest.mark.parametrize("rows", [0, 1, 999, 1000, 1001, 2500])
def test_a_generated_report_holds_the_rows_it_says(
    client: Client, gotom: GoTom, dialect: Dialect, rows: int
) -> None:
    generated = GeneratedCsv(rows, dialect=dialect)
    gotom.add_report(46, Report(generated, declares_length=True))
    found = read(client.get(GRAPH).body, dialect)
    assert found == [tuple(generated.header), *map(generated.row, range(rows))]
    assert len({row[0] for row in found}) == rows + 1


def test_a_generated_report_can_be_wide(client: Client, gotom: GoTom) -> None:
    header, cells = awkward_rows.wide_header(200), awkward_rows.wide_cells(200)
    gotom.add_report(46, Report(GeneratedCsv(1500, header, cells)))
    rows = read(client.get(GRAPH).body, Dialect())
    assert {len(row) for row in rows} == {200}
    assert rows[1234 + 1][1:3] == ("234-2", "234-3")


@pytest.mark.parametrize("size", [0, 1000, 123_456, 20_000_000])
def test_a_report_can_have_any_size(size: int) -> None:
    report = Report.of_size(size)
    assert max(size, len(GeneratedCsv(0).head)) <= report.size < size + 200
    assert sum(map(len, report.pieces())) == report.size


def test_a_huge_report_needs_little_memory(client: Client, gotom: GoTom) -> None:
    report = Report.of_size(2 * 2**30)
    assert report.size > 2 * 2**30
    gotom.add_report(46, replace(report, ends_after=64 * 2**20, ending=Ending.ORDERLY))
    connection = http.client.HTTPConnection(client.url.removeprefix("http://"), timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", GRAPH, headers=client.signed(GRAPH))
        answer, received = connection.getresponse(), 0
        tracemalloc.start()
        while piece := answer.read(2**20):
            received += len(piece)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert received == 64 * 2**20
    assert peak < 8 * 2**20


def test_a_client_may_leave_early(client: Client, gotom: GoTom) -> None:
    gotom.add_report(46, Report.of_size(2**40))
    connection = http.client.HTTPConnection(client.url.removeprefix("http://"), timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", GRAPH, headers=client.signed(GRAPH))
        assert connection.getresponse().read(12) == b'"Buchungsnum'
    gotom.add_report(46, SMALL)
    assert client.get(GRAPH).body == SMALL.content


@pytest.mark.parametrize("declares_length", [True, False])
@pytest.mark.parametrize("ending", [Ending.CLOSED, Ending.RESET])
def test_a_transfer_can_break_off(
    client: Client, gotom: GoTom, ending: Ending, *, declares_length: bool
) -> None:
    report = Report.of_size(2**20)
    gotom.add_report(
        46,
        replace(report, ends_after=500_000, ending=ending, declares_length=declares_length),
    )
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)) as caught:
        client.get(GRAPH)
    assert isinstance(caught.value, ConnectionResetError) == (ending is Ending.RESET)


def test_a_transfer_can_end_early_as_if_nothing_were_wrong(client: Client, gotom: GoTom) -> None:
    whole = Report.of_size(2**20)
    gotom.add_report(46, replace(whole, ends_after=500_000, ending=Ending.ORDERLY))
    body = client.get(GRAPH).body
    assert len(body) == 500_000
    assert b"".join(whole.pieces()).startswith(body)


def test_a_report_may_be_long_in_the_making(client: Client, gotom: GoTom) -> None:
    gotom.add_report(46, replace(SMALL, delay=0.3))
    started = time.monotonic()
    assert client.get(GRAPH).body == SMALL.content
    assert time.monotonic() - started >= 0.3


def test_something_else_may_come_in_place_of_a_report(client: Client, gotom: GoTom) -> None:
    gotom.add_report(46, Report.of_page("Anmeldung"))
    page = client.get(GRAPH)
    assert (page.status, page.is_page) == (200, True)
    gotom.add_report(46, Report.of_redirect("/login"))
    redirect = client.get(GRAPH)
    assert (redirect.status, redirect.headers["Location"]) == (302, "/login")
    gotom.add_report(46, replace(SMALL, content_type=None, headers={"X-Robots-Tag": "none"}))
    bare = client.get(GRAPH)
    assert "Content-Type" not in bare.headers
    assert bare.headers["X-Robots-Tag"] == "none"
