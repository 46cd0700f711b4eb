"""A fake server gives its scripted responses, and breaks transfers as scripted."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
import requests

from singer_tapkit.fake_server import FakeResponse, FakeServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


def get(server: FakeServer, path: str) -> requests.Response:
    return requests.get(server.url + path, timeout=10)


def test_responses_come_in_their_order_and_the_last_one_stays(server: FakeServer) -> None:
    server.respond("/items", FakeResponse(status=503), FakeResponse(json=[1, 2]))

    responses = [get(server, path) for path in ("/items", "/items", "/items", "/nothing?here=1")]

    assert [response.status_code for response in responses] == [503, 200, 200, 404]
    assert responses[2].json() == [1, 2]
    assert responses[3].json() == {"error": "no response to /nothing"}


def test_requests_are_recorded(server: FakeServer) -> None:
    url = f"{server.url}/items?page=2&filter="

    requests.post(url, data=b"body", headers={"X-Api-Key": "k"}, timeout=10)
    get(server, "/others")

    (request,) = server.received("/items")
    assert (request.method, request.path, request.body) == ("POST", "/items", b"body")
    assert request.query == {"page": ["2"], "filter": [""]}
    assert request.headers["x-api-key"] == "k"


def test_a_compressed_body_can_lack_its_end(server: FakeServer) -> None:
    server.respond("/items", FakeResponse(body=b"a" * 1000, gzip=True, gzip_cut=8))

    response = requests.get(f"{server.url}/items", stream=True, timeout=10)
    body = response.raw.read(decode_content=False)

    assert int(response.headers["content-length"]) == len(body)
    assert zlib.decompressobj(wbits=31).decompress(body) == b"a" * 1000
    with pytest.raises(EOFError):
        gzip.decompress(body)
