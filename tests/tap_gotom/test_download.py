"""Reports are fetched whole, or not at all."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import ApiError, ExtractionError, GatewayError
from singer_tapkit.fake_server import FakeResponse, FakeServer
from tap_gotom.download import ReportSource
from tap_gotom.reports import Report, ReportError
from tests.tap_gotom.servers import make_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_gotom.download import Download

REPORT = Report("sales", 46)
CSV, HTML = "text/csv;charset=utf-8", "text/html"
ROWS = b'"A","B"\n"1","x"\n"2","y"\n"3","z"\n'
LOGGER = logging.getLogger("test")


def send(body: bytes, content_type: str = CSV, **more: Any) -> FakeResponse:
    """Return a response, by default with a report."""
    return FakeResponse(body=body, headers={"Content-Type": content_type}, **more)


WHOLE = send(ROWS)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


def build_source(
    server: FakeServer,
    *responses: FakeResponse,
    report: Report = REPORT,
    id_column: str | None = None,
) -> ReportSource:
    server.respond(report.path, *responses)
    client = make_client(server.url, max_retries=1)
    return ReportSource(client, report, LOGGER, id_column=id_column)


def read_rows(download: Download) -> list[list[str]]:
    """Return the rows, for the last time."""
    with download.body:
        return list(download.open().read_rows())


def accept(*_: object) -> None:
    """Leave all rows as they are."""


def refuse(header: list[str], rows: Iterator[list[str]]) -> None:
    raise ReportError(f"{header} and {next(rows)} do not fit")


def test_a_download_can_be_read_again(server: FakeServer) -> None:
    download = build_source(server, WHOLE).fetch(accept)
    assert download.open().header == ["A", "B"]
    assert read_rows(download) == [["1", "x"], ["2", "y"], ["3", "z"]]


@pytest.mark.parametrize(
    "broken",
    [
        send(ROWS, close_after=20),
        send(ROWS[:20]),
        send(ROWS[:22]),
        send(ROWS * 100, gzip=True, gzip_cut=8),
        FakeResponse(reset=True),
    ],
    ids=["closed", "in a row", "in a cell", "gzip without its end", "reset"],
)
def test_a_transfer_that_breaks_off_begins_anew(server: FakeServer, broken: FakeResponse) -> None:
    download = build_source(server, broken, WHOLE).fetch(accept)
    assert len(read_rows(download)) == 3
    assert len(server.received(REPORT.path)) == 2


ELSEWHERE = FakeResponse(status=302, headers={"Location": "https://elsewhere.example/"})


@pytest.mark.parametrize(
    ("response", "kind", "words", "requests"),
    [
        (send(b"<html>Login</html>", HTML), ReportError, "no CSV file", 1),
        (send(b"<!DOCTYPE html><html>"), ReportError, "no CSV file", 1),
        (send(b"\xef\xbb\xbf\n<html>\n<body>"), ReportError, "no CSV file", 1),
        (send(b"<br />\n<b>Fatal error</b>:  Allowed"), ReportError, "no CSV file", 1),
        (send(b"", HTML), ReportError, "no CSV file", 1),
        (send(b'"A","B"\n"1"\n"2","y"\n'), ReportError, "1 cells instead of 2", 1),
        (send(b"<html>", HTML, status=404), ApiError, "the report is saved", 1),
        (ELSEWHERE, GatewayError, "follows no redirects", 1),
        (
            send(b"default backend - 404", "text/plain", status=404),
            GatewayError,
            "not an error of the API",
            2,
        ),
    ],
)
def test_what_is_no_report_is_asked_for_again_only_where_that_may_help(
    server: FakeServer,
    response: FakeResponse,
    kind: type[ExtractionError],
    words: str,
    requests: int,
) -> None:
    with pytest.raises(kind, match=words):
        build_source(server, response).fetch(accept)
    assert len(server.received(REPORT.path)) == requests


def test_a_page_is_known_also_if_it_comes_in_pieces(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_gotom.download.CHUNK_BYTES", 1)
    with pytest.raises(ReportError, match="no CSV file"):
        build_source(server, send(b"<html>Login</html>")).fetch(accept)


def test_a_line_that_memory_could_not_hold_is_refused(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_gotom.download.MAX_LINE", 1 << 20)
    rows = b'"A"\n' + b'"' + b"x" * (1 << 19) + b'"\n'
    assert len(read_rows(build_source(server, send(rows * 4)).fetch(accept))) == 7
    with pytest.raises(ReportError, match="a line of more than 1 MiB"):
        build_source(server, send(b"x" * (1 << 21))).fetch(accept)


def test_a_sample_ends_before_the_first_row_that_may_be_cut(server: FakeServer) -> None:
    body = b'"A","B\nC"\n' + b'"1","2 ""x"""\n' * 1_000_000
    sample = build_source(server, send(body)).fetch_sample()
    assert sample.header == ["A", "B\nC"]
    assert sample.rows == [["1", '2 "x"']] * len(sample.rows)
    assert len(sample.rows) > 10_000
    assert not sample.is_whole


def test_the_sample_of_a_short_report_has_all_its_rows(server: FakeServer) -> None:
    sample = build_source(server, WHOLE).fetch_sample()
    assert (sample.is_whole, sample.rows) == (True, [["1", "x"], ["2", "y"], ["3", "z"]])


def test_a_sample_that_breaks_off_begins_anew(server: FakeServer) -> None:
    source = build_source(server, send(ROWS[:20]), WHOLE)
    assert len(source.fetch_sample().rows) == 3


def test_ids_are_those_of_the_last_download(server: FakeServer) -> None:
    broken = send(ROWS * 2, close_after=20)
    source = build_source(server, broken, WHOLE, id_column="b")
    source.fetch(accept).body.close()
    assert source.read_ids() == ["x", "y", "z"]
    assert len(server.received(REPORT.path)) == 2


def test_ids_are_found_where_a_check_finds_fault(server: FakeServer) -> None:
    source = build_source(server, WHOLE, id_column="A")
    with pytest.raises(ReportError, match="do not fit"):
        source.fetch(refuse)
    assert source.read_ids() == ["1", "2", "3"]
    assert len(server.received(REPORT.path)) == 1


def test_a_report_without_its_column_of_ids_is_read_all_the_same(server: FakeServer) -> None:
    source = build_source(server, WHOLE, id_column="C")
    assert len(read_rows(source.fetch(accept))) == 3
    with pytest.raises(ReportError, match=r"no column 'C'.* are: 'A', 'B'"):
        source.read_ids()


def test_a_report_that_failed_is_not_asked_for_its_ids(server: FakeServer) -> None:
    source = build_source(server, send(b"", HTML, status=404), id_column="A")
    for read in (partial(source.fetch, accept), source.read_ids):
        with pytest.raises(ApiError, match="404"):
            read()
    assert len(server.received(REPORT.path)) == 1


def test_a_file_whose_check_fails_is_closed(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = io.BytesIO()
    monkeypatch.setattr("tap_gotom.download.open_spool", lambda _: body)
    with pytest.raises(ReportError):
        build_source(server, WHOLE).fetch(refuse)
    assert body.closed


@pytest.mark.parametrize(
    "content",
    [
        b"Kunde;Umsatz, netto\nA;1,5\nB;2,0\n",
        b"A,x\tB\n1,2\t3\n",
        b"A^B\n1^2\n",
        b"A\x01B\x01C\n1\x012\x013\n",
        "A§B\n1§2\n".encode(),
    ],
)
def test_a_sample_split_at_the_commas_in_its_cells_shows_the_delimiter(
    server: FakeServer, content: bytes
) -> None:
    with pytest.raises(ReportError, match="equally often"):
        build_source(server, send(content)).fetch_sample()


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (b'"A; B","C"\n"1; 2","3"\n', ["A; B", "C"]),
        (b"A; B,C\n1; 2,3\n1,3\n", ["A; B", "C"]),
        (b"A; B,C\n", ["A; B", "C"]),
        (b"Zeit: von\n12\n12:30\n", ["Zeit: von"]),
        (b"A^B\n", ["A^B"]),
        (b"A^B,C\n1^2,3\n", ["A^B", "C"]),
    ],
)
def test_a_sample_may_have_another_delimiter_in_its_cells(
    server: FakeServer, content: bytes, header: list[str]
) -> None:
    assert build_source(server, send(content)).fetch_sample().header == header


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "UTF-8-SIG"])
def test_characters_that_databases_cannot_hold_are_replaced(
    server: FakeServer, encoding: str
) -> None:
    report = replace(REPORT, encoding=encoding)
    source = build_source(server, send(b"A,B\n1,\x00x\n"), report=report)
    assert source.fetch_sample().rows == [["1", "\ufffdx"]]
    assert read_rows(source.fetch(accept)) == [["1", "\ufffdx"]]


def test_a_part_of_a_report_is_no_report(server: FakeServer) -> None:
    source = build_source(server, send(ROWS[:24], status=206), WHOLE)
    assert len(read_rows(source.fetch(accept))) == 3
