"""Reports are fetched whole, or not at all."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest

from singer_tapkit.errors import ApiError, ExtractionError, GatewayError
from singer_tapkit.fake_server import Answer, FakeServer
from tap_gotom.download import Download, ReportSource
from tap_gotom.reports import Report, ReportError
from tests.tap_gotom.servers import make_client

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = Report("sales", 46)
CSV = {"Content-Type": "text/csv;charset=utf-8"}
ROWS = b'"A","B"\n"1","x"\n"2","y"\n"3","z"\n'
WHOLE = Answer(body=ROWS, headers=CSV)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


def source_of(server: FakeServer, *answers: Answer, is_shared: bool = False) -> ReportSource:
    server.respond(REPORT.path, *answers)
    client = make_client(server.url, max_retries=1)
    return ReportSource(client, REPORT, is_shared=is_shared)


def check(download: Download) -> None:
    deque(download.read_rows(), maxlen=0)


def test_a_download_can_be_read_again(server: FakeServer) -> None:
    download = source_of(server, WHOLE).fetch(check)
    assert download.header == ["A", "B"]
    for _ in range(2):
        assert list(download.read_rows()) == [["1", "x"], ["2", "y"], ["3", "z"]]


@pytest.mark.parametrize(
    "broken",
    [
        Answer(body=ROWS, headers=CSV, close_after=20),
        Answer(body=ROWS[:20], headers=CSV),
        Answer(body=ROWS[:22], headers=CSV),
        Answer(body=ROWS * 100, headers=CSV, gzip=True, gzip_cut=8),
        Answer(reset=True),
    ],
    ids=["closed", "in a row", "in a cell", "gzip without its end", "reset"],
)
def test_a_transfer_that_breaks_off_begins_anew(server: FakeServer, broken: Answer) -> None:
    download = source_of(server, broken, WHOLE).fetch(check)
    assert len(list(download.read_rows())) == 3
    assert len(server.received(REPORT.path)) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(body=b"<html>Login</html>", headers={"Content-Type": "text/html"}), ReportError),
        (Answer(body=b"<!DOCTYPE html><html>", headers=CSV), ReportError),
        (Answer(body=b"\xef\xbb\xbf\n<html>\n<body>", headers=CSV), ReportError),
        (Answer(status=404, body=b"<html>", headers={"Content-Type": "text/html"}), ApiError),
        (Answer(status=302, headers={"Location": "https://elsewhere.example/"}), GatewayError),
        (Answer(body=b'"A","B"\n"1"\n"2","y"\n', headers=CSV), ReportError),
    ],
)
def test_what_is_no_report_is_not_asked_for_again(
    server: FakeServer, answer: Answer, kind: type[ExtractionError]
) -> None:
    with pytest.raises(kind):
        source_of(server, answer).fetch(check)
    assert len(server.received(REPORT.path)) == 1


def test_the_header_alone_is_read_from_a_report(server: FakeServer) -> None:
    body = b'"A","B\nC"\n' + b'"1","2"\n' * 1_000_000
    assert source_of(server, Answer(body=body, headers=CSV)).fetch_header() == ["A", "B\nC"]


def test_a_shared_report_is_fetched_once_and_kept(server: FakeServer) -> None:
    source = source_of(server, WHOLE, is_shared=True)
    first = source.fetch(check)
    source.release()
    assert source.fetch(check) is first
    assert len(server.received(REPORT.path)) == 1


def test_a_report_of_its_own_stream_is_gone_once_it_is_read(server: FakeServer) -> None:
    source = source_of(server, WHOLE)
    body = source.fetch(check).body
    source.release()
    assert body.closed


def test_a_report_that_failed_is_not_asked_for_again(server: FakeServer) -> None:
    source = source_of(server, Answer(status=404, headers=CSV))
    for _ in range(2):
        with pytest.raises(ApiError, match="404"):
            source.fetch(check)
    assert len(server.received(REPORT.path)) == 1


def test_a_file_whose_check_fails_is_closed(server: FakeServer) -> None:
    bodies = []

    def refuse(download: Download) -> None:
        bodies.append(download.body)
        raise ReportError("a cell does not fit")

    with pytest.raises(ReportError):
        source_of(server, WHOLE).fetch(refuse)
    assert bodies[0].closed
