"""A client of goTom for tests, with a signature that shares nothing with server or tap."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Answer:
    """What the server said, all of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which calls itself JSON."""
        assert self.headers["Content-Type"] == "application/json"
        return json.loads(self.body)

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people."""
        kind = self.headers.get("Content-Type", "").lower()
        return kind.startswith("text/html") and b"<html" in self.body


@dataclass(frozen=True)
class Client:
    """Signs requests as one user, and sends exactly what it is told to."""

    url: str
    user: str
    secret: str
    now: Callable[[], datetime]

    def get(self, target: str, headers: Mapping[str, str | None] | None = None) -> Answer:
        """Asks.

        Args:
            target: Path and query as they go over the wire.
            headers: Headers that are sent though they were not signed; None leaves one out.
        """
        changed = {**self.signed(target), **(headers or {})}
        return self.send("GET", target, {k: v for k, v in changed.items() if v is not None})

    def signed(
        self, target: str, *, content_type: str = "application/json", date: str | None = None
    ) -> dict[str, str]:
        """The headers that make a request good."""
        sent = date or self.now().isoformat(timespec="seconds")
        text = f"GET\n{hashlib.md5(b'').hexdigest()}\n{content_type.lower()}\n{sent}\n\n{target}"  # noqa: S324
        digest = hmac.new(self.secret.encode(), text.encode(), hashlib.sha1).digest()
        credentials = f"{self.user}:{base64.b64encode(digest).decode()}"
        return {
            "Date": sent,
            "Content-Type": content_type,
            "Authorization": f"gotom_app_api {credentials}",
        }

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Sends a request that somebody else has signed, or nobody."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())  # type: ignore[arg-type]
        finally:
            connection.close()
