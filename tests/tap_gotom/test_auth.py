"""The signature of a request, against goTom's worked examples and against a real socket."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tap_gotom.auth import HmacAuthenticator, build_string_to_sign, format_authorization
from tap_gotom.config import Credentials, CredentialSet
from tests.tap_gotom.servers import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tap_gotom.servers import GoTomServer

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "sandbox" / "gotom" / "signatures.json").read_text("utf-8")
)
SECRET = "pä$$wörd+/="  # noqa: S105
AWKWARD = st.text(f"{string.ascii_letters}{string.digits}{string.punctuation} äß€é🏔", max_size=20)


def build_authenticator(user: str) -> HmacAuthenticator:
    return HmacAuthenticator({CredentialSet.API: Credentials(user, SECRET)})


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_worked_example_comes_out(vector: dict[str, Any]) -> None:
    signed = build_string_to_sign(
        vector["method"],
        vector["body_utf8"].encode(),
        vector["content_type_header"],
        vector["date_header"],
        vector["uri"],
    )
    assert signed == vector["string_to_sign"]
    credentials = Credentials(vector["user"], vector["secret"])
    assert format_authorization(credentials, signed) == vector["authorization_header"]


def test_signing_again_replaces_what_was_signed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([datetime(2026, 3, 9, 5, 15, tzinfo=UTC), datetime(2026, 3, 9, 6, tzinfo=UTC)])

    clock = SimpleNamespace(now=lambda _zone: next(moments))
    monkeypatch.setattr("tap_gotom.auth.datetime", clock)
    request = requests.Request("GET", "https://acme.gotom.io/app-api/customer?page=2").prepare()
    sign = build_authenticator("user")
    first = dict(sign(request).headers)
    second = dict(sign(request).headers)
    assert first["Date"] == "2026-03-09T05:15:00+00:00"
    assert second["Date"] == "2026-03-09T06:00:00+00:00"
    assert first["Authorization"] != second["Authorization"]
    assert first.keys() == second.keys()
    assert request.url == "https://acme.gotom.io/app-api/customer?page=2"


def test_a_user_beyond_ascii_goes_out_as_utf_8() -> None:
    header = format_authorization(Credentials("müller", SECRET), "anything")
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


@pytest.fixture(scope="module")
def instance() -> Iterator[GoTomServer]:
    with serve() as server:
        server.sandbox.add_user("we:ird", SECRET)
        yield server


@settings(max_examples=100, deadline=None)
@given(path=AWKWARD, query=AWKWARD)
def test_the_signature_holds_for_what_arrives_at_a_socket(
    instance: GoTomServer, path: str, query: str
) -> None:
    response = requests.get(
        f"{instance.url}/app-api/{path}?{query}", auth=build_authenticator("we:ird"), timeout=30
    )
    assert response.status_code == requests.codes.not_found
