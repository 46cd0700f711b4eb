"""The session: proxies, certificates, no cookies, and heads of responses in a bounded time."""

from __future__ import annotations

import logging
import ssl
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from requests import Request
from requests.auth import AuthBase
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

from singer_tapkit.client import HttpClient
from singer_tapkit.config import validate_base_url
from singer_tapkit.errors import (
    NoResponseError,
    RequestError,
)
from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.session import open_session
from tests.singer_tapkit.api_client import API, LOGGER, OK, App, open_client
from tests.singer_tapkit.raw_server import build_response, encode_chunked, serve_raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from requests import PreparedRequest
    from requests_mock import Mocker


OUTSIDE = "http://outside.example"
INSIDE = "https://inside.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only itself vouches for, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-keyout key.pem -out cert.pem -subj /CN=test -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def secure_server(certificate: Path) -> Iterator[FakeServer]:
    """A server that speaks TLS."""
    server = FakeServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    inner = server._server  # noqa: SLF001 - a plain server cannot speak TLS
    inner.socket = context.wrap_socket(inner.socket, server_side=True)
    server.respond("/apps", FakeResponse(json=7))
    with server:
        yield server


def test_proxies_of_the_environment_are_used_but_for_hosts_that_it_excepts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")

    session = open_session([OUTSIDE, INSIDE], 1)

    assert session.proxies == {OUTSIDE: "http://proxy.example:3128"}
    assert not session.trust_env


@pytest.mark.parametrize("host", ["outside.example", "Köln.example"])
@pytest.mark.parametrize("is_known_before", [True, False])
def test_requests_go_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch, host: str, *, is_known_before: bool
) -> None:
    url = validate_base_url(f"http://{host}", "'base_url'", OUTSIDE, allow_http=True)
    with FakeServer() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        proxy.respond("/apps", FakeResponse(json=7))
        client = HttpClient([url] if is_known_before else [], logger=LOGGER)

        assert client.get_json("/apps", int, base_url=url) == 7
        assert proxy.requests[0].headers["host"] == url.removeprefix("http://")


def test_cookies_are_not_kept_and_only_encodings_with_an_end_are_asked_for() -> None:
    with FakeServer() as server:
        server.respond("/apps", FakeResponse(json=7, headers={"Set-Cookie": "session=1; Path=/"}))
        client = HttpClient([server.url], logger=LOGGER)

        for _ in range(2):
            client.get_json("/apps", int)

        assert ["cookie" in sent.headers for sent in server.requests] == [False, False]
        assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


def test_a_certificate_that_cannot_be_verified_is_reported_at_once(
    secure_server: FakeServer, sleeps: list[float]
) -> None:
    url = secure_server.url.replace("http:", "https:")

    with pytest.raises(NoResponseError, match="REQUESTS_CA_BUNDLE") as error:
        HttpClient([url], logger=LOGGER).get_json("/apps", int)

    assert not error.value.is_retriable
    assert sleeps == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_of_the_environment_are_trusted(
    monkeypatch: pytest.MonkeyPatch, certificate: Path, secure_server: FakeServer, variable: str
) -> None:
    monkeypatch.setenv(variable, str(certificate / "cert.pem"))
    url = secure_server.url.replace("http:", "https:")

    assert HttpClient([url], logger=LOGGER).get_json("/apps", int) == 7
    monkeypatch.setenv(variable, str(certificate))
    assert open_session([OUTSIDE], 1).verify == str(certificate)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), ("", "holds no certificates"), ("no PEM", "holds no certificates")],
)
def test_a_bundle_without_certificates_is_blamed_on_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, words: str
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))

    with pytest.raises(ConfigValidationError, match=f"REQUESTS_CA_BUNDLE names .*{words}"):
        HttpClient([OUTSIDE], logger=LOGGER)


@pytest.mark.parametrize(
    "value", ["sentinel\n", "sentinel\r\nX: 1", "sentinel\0", "\u2013sentinel"]
)
@pytest.mark.parametrize("by", ["auth", "headers"])
def test_a_header_that_cannot_be_sent_is_blamed_on_the_settings_and_not_quoted(
    sleeps: list[float], by: str, value: str
) -> None:
    class Auth(AuthBase):
        @override
        def __call__(self, r: PreparedRequest) -> PreparedRequest:
            r.headers["X-Api-Key"] = value
            return r

    client = open_client(auth=Auth()) if by == "auth" else open_client(headers={"X-Api-Key": value})

    with pytest.raises(RequestError, match="A GET request cannot be sent") as error:
        client.get_json("/apps", App)

    assert "settings" in str(error.value)
    assert "sentinel" not in str(error.value)
    assert error.value.__cause__ is None
    assert sleeps == []


def test_a_header_may_be_bytes_in_latin_1(requests_mock: Mocker) -> None:
    requests_mock.get(f"{API}/apps", **OK)

    assert open_client(headers={"X-Name": "Köln".encode("latin-1")}).get_json("/apps", App)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://", "cannot be sent: "),
        ("no-scheme", "cannot be sent: "),
        ("https://.sentinel", "cannot be sent: "),
        ("sentinel://sentinel", "no response to GET /apps, InvalidSchema"),
    ],
)
def test_an_address_that_is_none_is_not_quoted(sleeps: list[float], url: str, words: str) -> None:
    with pytest.raises(RequestError, match=words) as error:
        open_client().get_json("/apps", App, base_url=url)

    assert "sentinel" not in str(error.value)
    assert sleeps == []


@pytest.mark.parametrize("drip", [b"H", b"HTTP/1.1 200 OK\r\nX-A: b", b"HTTP/1.1 103 E\r\n\r\nH"])
def test_a_head_that_comes_byte_by_byte_is_given_up(drip: bytes) -> None:
    slowly: list[bytes | float] = [drip]
    for _ in range(1000):
        slowly += [0.05, b"x"]
    with serve_raw(tuple(slowly)) as server:
        client = HttpClient(
            [server.url], logger=LOGGER, config={"request_timeout": 0.2, "max_retries": 0}
        )
        start = time.monotonic()

        with pytest.raises(NoResponseError) as error:
            client.get_json("/apps", App)

    assert time.monotonic() - start < 30
    assert error.value.is_retriable


def test_a_body_may_take_longer_than_a_head() -> None:
    body = b'{"id":7}'.ljust(4000)
    pauses = (0.2, body[:1000], 0.2, body[1000:2000], 0.2, body[2000:3000], 0.2, body[3000:])
    with serve_raw((build_response(b"", f"Content-Length: {len(body)}"), *pauses)) as server:
        client = HttpClient(
            [server.url], logger=LOGGER, config={"request_timeout": 0.35, "max_retries": 0}
        )

        assert client.get_json("/apps", App) == App(7)


@pytest.mark.parametrize("is_proxy", [False, True])
def test_interim_responses_are_read_over(
    monkeypatch: pytest.MonkeyPatch, *, is_proxy: bool
) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    final = build_response(b'{"id":7}', "Content-Type: application/json")
    with serve_raw(b"HTTP/1.1 100 Continue\r\n\r\n" + hints + hints + final) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url if is_proxy else "")
        client = HttpClient([OUTSIDE if is_proxy else server.url], logger=LOGGER)

        assert client.get_json("/apps", App) == App(7)


@pytest.mark.parametrize("url", [OUTSIDE, INSIDE])
@pytest.mark.parametrize("proxies", [{}, {"all": "http://proxy.example:3128"}])
def test_every_connection_reads_heads_like_these(url: str, proxies: dict[str, str]) -> None:
    adapter: Any = open_session([url], 1).get_adapter(url)

    request = Request("GET", url).prepare()
    pool = adapter.get_connection_with_tls_context(request, verify=True, proxies=proxies)

    assert bool(pool.proxy) == bool(proxies)
    assert pool.ConnectionCls.response_class.__module__ == open_session.__module__


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


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"name":"sentinel"}', "no status line"),
        (b"HTTP/1.1 sentinel\r\n\r\n", "no status line"),
        (b"", "closed connection without response"),
    ],
)
def test_a_first_line_that_is_no_status_is_not_quoted(line: bytes, words: str) -> None:
    with serve_raw(line) as server:
        client = HttpClient([server.url], logger=LOGGER, config={"max_retries": 0})

        with pytest.raises(NoResponseError, match=words) as error:
            client.get_json("/apps", App)

    assert "sentinel" not in str(error.value)
    assert error.value.is_retriable
