"""A fake server gives its scripted answers, and breaks transfers as scripted."""

from __future__ import annotations

import gzip
import time
import zlib
from typing import TYPE_CHECKING

import pytest
import requests

from singer_tapkit.fake_server import Answer, FakeServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


def get(server: FakeServer, path: str) -> requests.Response:
    return requests.get(server.url + path, timeout=10)


def test_answers_come_in_their_order_and_the_last_one_stays(server: FakeServer) -> None:
    server.respond("/items", Answer(status=503), Answer(json=[1, 2]))

    responses = [get(server, "/items") for _ in range(3)]

    assert [response.status_code for response in responses] == [503, 200, 200]
    assert responses[2].json() == [1, 2]


def test_an_answer_has_the_body_and_headers_it_is_given(server: FakeServer) -> None:
    headers = {"Content-Type": "text/csv", "X-Total": "1"}
    server.respond("/export", Answer(body=b"a,b\n", headers=headers))

    response = get(server, "/export")

    assert response.content == b"a,b\n"
    assert response.headers["content-type"] == "text/csv"
    assert response.headers["x-total"] == "1"


def test_requests_are_recorded(server: FakeServer) -> None:
    server.respond("/items", Answer(json={}))

    requests.post(
        f"{server.url}/items?page=2&filter=",
        data=b"body",
        headers={"X-Api-Key": "k"},
        timeout=10,
    )
    get(server, "/others")

    (request,) = server.received("/items")
    assert (request.method, request.path, request.body) == ("POST", "/items", b"body")
    assert request.query == {"page": ["2"], "filter": [""]}
    assert request.headers["x-api-key"] == "k"
    assert request.time <= server.requests[1].time


def test_an_unknown_path_is_not_found(server: FakeServer) -> None:
    response = get(server, "/nothing?here=1")

    assert response.status_code == 404
    assert response.json() == {"error": "no answer to /nothing"}


def test_an_answer_can_be_late(server: FakeServer) -> None:
    server.respond("/slow", Answer(json=1, delay=0.2))
    started = time.monotonic()

    assert get(server, "/slow").json() == 1
    assert time.monotonic() - started >= 0.2


def test_a_connection_can_be_reset(server: FakeServer) -> None:
    server.respond("/items", Answer(reset=True), Answer(json=1))

    with pytest.raises(requests.ConnectionError, match="reset"):
        get(server, "/items")
    assert get(server, "/items").json() == 1


def test_a_body_can_be_cut_off(server: FakeServer) -> None:
    server.respond("/items", Answer(body=b"0123456789", close_after=4))

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        get(server, "/items")


def test_a_body_can_be_compressed(server: FakeServer) -> None:
    server.respond("/items", Answer(json=[1] * 100, gzip=True))

    response = get(server, "/items")

    assert response.headers["content-encoding"] == "gzip"
    assert response.json() == [1] * 100


def test_a_compressed_body_can_lack_its_end(server: FakeServer) -> None:
    server.respond("/items", Answer(body=b"a" * 1000, gzip=True, gzip_cut=8))

    response = requests.get(f"{server.url}/items", stream=True, timeout=10)
    body = response.raw.read(decode_content=False)

    assert int(response.headers["content-length"]) == len(body)
    assert zlib.decompressobj(wbits=31).decompress(body) == b"a" * 1000
    with pytest.raises(EOFError):
        gzip.decompress(body)


def test_head_has_no_body(server: FakeServer) -> None:
    server.respond("/items", Answer(json=[1, 2, 3]))

    with requests.Session() as session:
        assert session.head(f"{server.url}/items", timeout=10).headers["content-length"] == "9"
        assert session.get(f"{server.url}/items", timeout=10).json() == [1, 2, 3]


def test_a_client_that_gives_up_does_no_harm(
    server: FakeServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.respond("/items", Answer(body=b"x" * 10_000_000), Answer(json=1))

    with requests.get(f"{server.url}/items", stream=True, timeout=10) as response:
        response.raw.read(1)

    assert get(server, "/items").json() == 1
    assert "Traceback" not in capfd.readouterr().err
