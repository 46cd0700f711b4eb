"""The session of each tap: the environment's proxies and certificates, and no cookies."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from requests.adapters import HTTPAdapter
from starlette.responses import Response

from tap_gotom.session import open_session
from tests.sandbox.server import serve

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

OUTSIDE = "http://outside.example"
INSIDE = "https://inside.example"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


async def greeting(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was asked for, and with a cookie."""
    asked = f"{scope['path']} {dict(scope['headers']).get(b'cookie', b'no cookie').decode()}"
    await Response(asked, headers={"Set-Cookie": "session=1"})(scope, receive, send)


def test_the_environment_names_proxies_and_certificates(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))

    session = open_session([OUTSIDE, INSIDE], HTTPAdapter())

    assert session.proxies == {OUTSIDE: "http://proxy.example:3128"}
    assert session.verify == str(tmp_path / "ca.pem")


def test_requests_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(greeting) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        session = open_session([OUTSIDE], HTTPAdapter())

        answer = session.get(f"{OUTSIDE}/apps", timeout=5)

    assert "/apps" in answer.text


def test_cookies_are_not_kept() -> None:
    with serve(greeting) as url:
        session = open_session([url], HTTPAdapter())

        answers = [session.get(f"{url}/apps", timeout=5).text for _ in range(2)]

    assert answers == ["/apps no cookie", "/apps no cookie"]
