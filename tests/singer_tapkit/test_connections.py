"""The heads of responses, whatever comes in them and however slowly."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from singer_tapkit.client import HttpClient
from singer_tapkit.errors import NoResponseError
from singer_tapkit.session import open_session
from tests.singer_tapkit.api_client import LOGGER, App
from tests.singer_tapkit.raw_server import build_response, encode_chunked, serve_raw

OUTSIDE = "http://outside.example"


@pytest.mark.parametrize("drip", [b"H", b"HTTP/1.1 200 OK\r\nX-A: b", b"HTTP/1.1 103 E\r\n\r\nH"])
def test_a_head_that_comes_byte_by_byte_is_given_up(drip: bytes) -> None:
    slowly: list[bytes | float] = [drip]
    for _ in range(1000):
        slowly += [0.05, b"x"]
    with serve_raw(tuple(slowly)) as server:
        client = HttpClient([server.url], logger=LOGGER, timeout=0.2, max_retries=0)
        start = time.monotonic()

        with pytest.raises(NoResponseError) as error:
            client.get_json("/apps", App)

    assert time.monotonic() - start < 30
    assert error.value.is_retriable


def test_a_body_may_take_longer_than_a_head() -> None:
    body = b'{"id":7}'.ljust(4000)
    pauses = (0.2, body[:1000], 0.2, body[1000:2000], 0.2, body[2000:3000], 0.2, body[3000:])
    with serve_raw((build_response(b"", f"Content-Length: {len(body)}"), *pauses)) as server:
        client = HttpClient([server.url], logger=LOGGER, timeout=0.35, max_retries=0)

        assert client.get_json("/apps", App) == App(7)


def test_interim_responses_of_a_proxy_are_read_over() -> None:
    session = open_session([OUTSIDE], 1)
    adapter: Any = session.get_adapter(OUTSIDE)

    direct, proxied = adapter.poolmanager, adapter.proxy_manager_for("http://proxy.example")

    assert direct.pool_classes_by_scheme == proxied.pool_classes_by_scheme


def test_interim_responses_are_read_over() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    final = build_response(b'{"id":7}', "Content-Type: application/json")
    with serve_raw(b"HTTP/1.1 100 Continue\r\n\r\n" + hints + hints + final) as server:
        assert HttpClient([server.url], logger=LOGGER).get_json("/apps", App) == App(7)


def test_a_malformed_header_line_is_not_logged_with_the_url(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = build_response(
        encode_chunked(b'{"id":7}'), "Transfer-Encoding: chunked", "sentinel without colon"
    )
    with serve_raw(broken) as server:
        client = HttpClient([server.url], logger=LOGGER)

        assert client.get_json("/apps", App, params={"key": "sentinel"}) == App(7)

    assert [entry for entry in caplog.records if entry.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("line", [b'{"name":"sentinel"}', b"HTTP/1.1 sentinel\r\n\r\n"])
def test_a_first_line_that_is_no_status_is_not_quoted(line: bytes) -> None:
    with serve_raw(line) as server:
        client = HttpClient([server.url], logger=LOGGER, max_retries=0)

        with pytest.raises(NoResponseError, match="no status line") as error:
            client.get_json("/apps", App)

    assert "sentinel" not in str(error.value)
    assert error.value.is_retriable


def test_a_connection_that_is_closed_at_once_is_reported_as_such() -> None:
    with serve_raw(b"") as server:
        client = HttpClient([server.url], logger=LOGGER, max_retries=0)

        with pytest.raises(NoResponseError, match="closed connection without response"):
            client.get_json("/apps", App)
