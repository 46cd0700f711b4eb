"""Bodies of responses, from real sockets where transfers break."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from itertools import count
from typing import Literal

import msgspec
import pytest
import requests
from requests import Response
from urllib3.response import HTTPResponse

from singer_tapkit.body import CheckedBody, decode_json
from singer_tapkit.errors import InvalidResponseError, NoResponseError
from tests.singer_tapkit.raw_server import build_response, encode_chunked, serve_raw

ROWS = b"[" + b",".join(b'{"id":%d}' % number for number in range(5000)) + b"]"
GZIP = gzip.compress(ROWS)


class Studio(msgspec.Struct):
    """A typed response."""

    name: str
    kind: Literal["gym", "club"] = "gym"
    size: int = 0


def read(url: str, timeout: float = 5) -> bytes:
    """Return the body at a URL, read through a `CheckedBody`."""
    response = requests.get(url, stream=True, timeout=timeout)
    response.raw = CheckedBody(response.raw, timeout)
    with response:
        return response.content


def make_response(body: bytes, content_type: str = "application/json") -> Response:
    made = Response()
    made.status_code = 200
    made.url = "http://api.example/studios"
    made.request = requests.Request("GET", f"{made.url}?key=sentinel").prepare()
    made.headers["Content-Type"] = content_type
    made._content = body  # noqa: SLF001 - no other way to fill it
    return made


def frame_body(body: bytes, framing: str, encoding: str = "gzip") -> bytes:
    """Return a compressed body as a response in one of the three ways to announce its length."""
    headers = [f"Content-Encoding: {encoding}"] if encoding else []
    match framing:
        case "chunked":
            return build_response(encode_chunked(body), *headers, "Transfer-Encoding: chunked")
        case "length":
            return build_response(body, *headers, f"Content-Length: {len(body)}")
        case _:
            return build_response(body, *headers)


def damage(body: bytes) -> bytes:
    """Return a body with other bits in its middle."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :]


@pytest.mark.parametrize("framing", ["chunked", "length", "closed"])
@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (GZIP[:-1], "gzip", "ends before its end"),
        (GZIP[:-8], "gzip", "ends before its end"),
        (GZIP[: len(GZIP) // 2], "gzip", "ends before its end"),
        (gzip.compress(GZIP[:-8]), "gzip, gzip", "ends before its end"),
        (damage(GZIP), "gzip", "damaged"),
        (b"any", "br", "was not asked for"),
        (b"any", "zstd", "was not asked for"),
        (b"any", "compress", "was not asked for"),
        (b"any", "gzip, br", "was not asked for"),
    ],
)
def test_a_compressed_body_that_is_not_whole_is_refused(
    body: bytes, encoding: str, words: str, framing: str
) -> None:
    with (
        serve_raw(frame_body(body, framing, encoding)) as server,
        pytest.raises(requests.RequestException, match=words),
    ):
        read(server.url)


@pytest.mark.parametrize(
    "response",
    [
        build_response(ROWS[:-100], f"Content-Length: {len(ROWS)}"),
        build_response(
            encode_chunked(ROWS).removesuffix(b"0\r\n\r\n"), "Transfer-Encoding: chunked"
        ),
    ],
    ids=["length", "chunked"],
)
def test_a_body_shorter_than_announced_is_refused(response: bytes) -> None:
    with (
        serve_raw(response) as server,
        pytest.raises(requests.RequestException, match="IncompleteRead"),
    ):
        read(server.url)


@pytest.mark.parametrize("framing", ["chunked", "length", "closed"])
@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (ROWS, ""),
        (GZIP, "gzip"),
        (GZIP, "X-GZIP"),
        (gzip.compress(ROWS[:70_00]) + gzip.compress(ROWS[70_00:]), "gzip"),
        (GZIP + b"\0" * 512, "gzip"),
        (zlib.compress(ROWS), "deflate"),
        (zlib.compress(ROWS, wbits=-zlib.MAX_WBITS), "deflate"),
        (gzip.compress(zlib.compress(ROWS)), "deflate, gzip"),
        (ROWS, "identity"),
        (ROWS, "utf-8"),
    ],
)
def test_whole_bodies_are_read(body: bytes, encoding: str, framing: str) -> None:
    with serve_raw(frame_body(body, framing, encoding)) as server:
        assert read(server.url) == ROWS


def open_body(content: bytes, encoding: str, timeout: float = 5) -> CheckedBody:
    """Return a body as urllib3 hands it out."""
    headers = {"Content-Encoding": encoding}
    raw = HTTPResponse(body=BytesIO(content), headers=headers, preload_content=False)
    return CheckedBody(raw, timeout)


def test_a_body_much_larger_than_its_compressed_form_is_read_in_parts() -> None:
    large = bytes(5_000_000)

    parts = list(open_body(gzip.compress(large), "gzip").stream(decode_content=True))

    assert b"".join(parts) == large
    assert max(map(len, parts)) <= 1024 * 1024


def test_a_body_can_be_left_compressed() -> None:
    assert b"".join(open_body(GZIP, "gzip").stream(decode_content=False)) == GZIP


def test_an_empty_body_may_be_announced_as_compressed() -> None:
    with serve_raw(frame_body(b"", "length")) as server:
        assert read(server.url) == b""


def test_a_body_that_comes_byte_by_byte_is_given_up() -> None:
    drip = (build_response(b"", "Content-Length: 1000"), *(b" ", 0.05) * 40)
    with (
        serve_raw(drip) as server,
        pytest.raises(requests.RequestException, match=r"only \d bytes came in 0 s"),
    ):
        read(server.url, timeout=0.1)


def test_a_large_body_has_time_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count()
    monkeypatch.setattr("time.monotonic", lambda: float(next(seconds)))

    parts = list(open_body(bytes(100_000), "", 1).stream(2000))

    assert len(parts) == 50  # a second each, and a thousand bytes per second are enough


def test_only_the_time_of_the_server_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    received = 0
    for part in open_body(bytes(10), "", 1).stream(1):
        received += len(part)
        now[0] += 60  # the reader writes to a slow target

    assert received == 10


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"name":"Köln"}'.encode(), "Köln"),
        ('\ufeff{"name":"Köln"}'.encode(), "Köln"),
        ('{"name":"Köln"}'.encode("latin-1"), "Köln"),
        (b'{"name":"A\\ud83d"}', "A?"),
        (b'{"name":"A\\u0000B\\\\\\u0000"}', "A\ufffdB\\\ufffd"),
        (b'{"name":"A\\\\u0000"}', r"A\u0000"),
        (b'{"name":"\\ud83d\\ude00"}', "\N{GRINNING FACE}"),
    ],
)
def test_text_in_any_form_is_decoded(body: bytes, name: str) -> None:
    assert decode_json(make_response(body), Studio) == Studio(name)


def test_what_is_not_a_number_becomes_null() -> None:
    response = make_response(b"[NaN,-Infinity,1.5]")

    assert decode_json(response, list[float | None]) == [None, None, 1.5]


@pytest.mark.parametrize("body", [b'{"name":"A', b'{"name":"A","x":[{"y":', b" {", b'{"name":"A"'])
def test_json_that_ends_before_its_end_is_no_response(body: bytes) -> None:
    with pytest.raises(NoResponseError, match="GET /studios answered 200, but") as failure:
        decode_json(make_response(body), Studio)

    assert failure.value.is_retriable
    assert failure.value.host == "api.example"


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", "application/json", "an empty body"),
        (b"<html>sentinel", "text/html; charset=utf-8", "a page of HTML"),
        (b"\n<!doctype html>sentinel", "", "a page of HTML"),
        (b"sentinel", "text/plain", "a body of type text/plain"),
        (b"sentinel", "", "a body without content type"),
        (b"[" * 100_000 + b"]" * 100_000, "application/json", "a body of type application/json"),
        (b'[{"a":' * 50_000 + b"1" + b"}]" * 50_000, "application/json", "which is no JSON"),
        (b'{"a":\xff\xfe"sentinel', "application/json", "which is no JSON"),
    ],
)
def test_what_is_no_json_is_named_by_its_kind(body: bytes, content_type: str, words: str) -> None:
    with pytest.raises(InvalidResponseError, match="GET /studios answered 200 with") as failure:
        decode_json(make_response(body, content_type), object, "See the manual.")

    assert words in str(failure.value)
    assert str(failure.value).endswith("See the manual.")
    assert "sentinel" not in str(failure.value)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"name":{"sentinel":1}}', r"Expected `str`, got `object` - at `$.name`"),
        (b'{"name":"A","size":"sentinel"}', r"Expected `int`, got `str` - at `$.size`"),
        (b'{"size":3}', "missing required field `name`"),
        (b'{"name":"A","kind":"sentinel"}', "Invalid enum value - at `$.kind`"),
        (b'{"name":"A","kind":"sentinel - at `x`"}', "Invalid enum value - at `$.kind`"),
        (b'["sentinel"]', "Expected `object`, got `array`"),
        ('\ufeff{"name":1}'.encode(), "Expected `str`, got `int` - at `$.name`"),
    ],
)
def test_a_wrong_type_is_named_by_its_place_and_not_quoted(body: bytes, place: str) -> None:
    with pytest.raises(InvalidResponseError, match="not as documented") as failure:
        decode_json(make_response(body), Studio)

    assert place in str(failure.value)
    assert "sentinel" not in str(failure.value)
