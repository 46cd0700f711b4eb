"""The signature of a request, against goTom's worked examples and against a real socket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import string
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from tap_gotom.auth import HmacAuthenticator, authorization_header, string_to_sign
from tap_gotom.config import Credentials, CredentialSet

if TYPE_CHECKING:
    from collections.abc import Iterator

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "sandbox" / "gotom" / "signatures.json").read_text("utf-8")
)
SECRET = "pä$$wörd+/="  # noqa: S105


def authenticator(user: str) -> HmacAuthenticator:
    return HmacAuthenticator({CredentialSet.API: Credentials(user, SECRET)})


LOWERED = next(vector for vector in VECTORS if vector["id"] == "T08")
AWKWARD = string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%\"<>\\^`{|} äöüß€é🏔"


def test_there_are_ten_worked_examples() -> None:
    assert [vector["id"] for vector in VECTORS] == [f"T{number:02}" for number in range(1, 11)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_worked_example_comes_out(vector: dict[str, Any]) -> None:
    signed = string_to_sign(
        vector["method"],
        vector["body_utf8"].encode(),
        vector["content_type_header"],
        vector["date_header"],
        vector["uri"],
    )
    assert signed == vector["string_to_sign"]
    credentials = Credentials(vector["user"], vector["secret"])
    assert authorization_header(credentials, signed) == vector["authorization_header"]


def test_an_upper_case_content_type_signed_as_it_is_would_be_refused() -> None:
    unlowered = LOWERED["string_to_sign"].replace("utf-8", "UTF-8")
    header = authorization_header(Credentials(LOWERED["user"], LOWERED["secret"]), unlowered)
    assert header.endswith(":VQjxOzyzA0ot265QzOxwbJCDDw4=")


def test_signing_again_replaces_what_was_signed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([datetime(2026, 3, 9, 5, 15, tzinfo=UTC), datetime(2026, 3, 9, 6, tzinfo=UTC)])

    clock = SimpleNamespace(now=lambda _zone: next(moments))
    monkeypatch.setattr("tap_gotom.auth.datetime", clock)
    request = requests.Request("GET", "https://acme.gotom.io/app-api/customer?page=2").prepare()
    sign = authenticator("user")
    first = dict(sign(request).headers)
    second = dict(sign(request).headers)
    assert first["Date"] == "2026-03-09T05:15:00+00:00"
    assert second["Date"] == "2026-03-09T06:00:00+00:00"
    assert first["Authorization"] != second["Authorization"]
    assert first.keys() == second.keys()
    assert request.url == "https://acme.gotom.io/app-api/customer?page=2"


def test_a_user_beyond_ascii_goes_out_as_utf_8() -> None:
    header = authorization_header(Credentials("müller", SECRET), "anything")
    assert header.encode("latin-1").startswith("gotom_app_api müller:".encode())


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/app-api/graph-export/download/46", "reports"),
        ("/app-api/custom-report-export/download/47", "reports"),
        ("/app-api/customer", "rest"),
    ],
)
def test_the_path_decides_who_signs(path: str, user: str) -> None:
    sign = HmacAuthenticator({
        CredentialSet.GRAPH: Credentials("reports", SECRET),
        CredentialSet.API: Credentials("rest", SECRET),
    })  # fmt: skip
    request = sign(requests.Request("GET", f"https://acme.gotom.io{path}").prepare())
    assert request.headers["Authorization"].startswith(f"gotom_app_api {user}:")


class _Verifier(socketserver.BaseRequestHandler):
    """Recomputes the signature from the bytes that arrive, by the words of the documentation."""

    @override
    def handle(self) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.request.recv(1 << 16)
        head, _, body = received.partition(b"\r\n\r\n")
        request_line, *lines = head.split(b"\r\n")
        method, target, _ = request_line.split(b" ")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in lines)
        }
        length = int(headers.get(b"content-length", b"0"))
        while len(body) < length:
            body += self.request.recv(1 << 16)
        expected = base64.b64encode(
            hmac.digest(
                SECRET.encode(),
                b"\n".join(
                    [
                        method,
                        hashlib.md5(body).hexdigest().encode(),  # noqa: S324
                        headers[b"content-type"].lower(),
                        headers[b"date"],
                        b"",
                        target,
                    ]
                ),
                "sha1",
            )
        )
        fits = headers[b"authorization"] == rb"gotom_app_api we\:ird:" + expected
        status = b"200 OK" if fits else b"401 Unauthorized"
        self.request.sendall(
            b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )


@contextmanager
def _verifying() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Verifier) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def verifier() -> Iterator[str]:
    with _verifying() as url:
        yield url


@settings(max_examples=300, deadline=None)
@given(
    path=st.text(AWKWARD, max_size=30),
    query=st.one_of(
        st.text(AWKWARD, max_size=30),
        st.lists(st.tuples(st.text(AWKWARD, max_size=8), st.text(AWKWARD, max_size=8)), max_size=4),
    ),
    body=st.one_of(st.none(), st.binary(max_size=40), st.text(max_size=20)),
    content_type=st.sampled_from(["application/json", "text/csv;charset=UTF-8", "Text/CSV; a=B"]),
)
def test_the_signature_holds_for_what_arrives_at_a_socket(
    verifier: str,
    path: str,
    query: str | list[tuple[str, str]],
    body: bytes | str | None,
    content_type: str,
) -> None:
    request = requests.Request(
        "POST" if body else "GET",
        f"{verifier}/app-api/{path.replace('#', '')}",
        params=query,
        data=body,
        headers={"Content-Type": content_type},
        auth=authenticator("we:ird"),
    )
    with requests.Session() as session:
        session.trust_env = False
        answer = session.send(session.prepare_request(request), timeout=10)
    assert answer.status_code == 200
