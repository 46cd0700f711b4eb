"""Clients of the servers, which send exactly what a test wants and share nothing with the taps."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from email.message import Message


@dataclass(frozen=True)
class Answer:
    """What a server said, all of it."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which calls itself JSON."""
        assert self.headers["Content-Type"] == "application/json"
        return msgspec.json.decode(self.body)

    @property
    def error(self) -> tuple[int, str, str | None]:
        """Status, code and reference of an error of the studios' API."""
        return self.status, self.json["errorCode"], self.json.get("reference")


def send(
    url: str, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
) -> Answer:
    """Send a request on a connection of its own."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request(method, target, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class GotomClient:
    """Signs requests as one user, and sends exactly what a test wants."""

    url: str
    user: str
    secret: str
    now: Callable[[], datetime]

    def get(self, target: str) -> Answer:
        """Send a signed request.

        Args:
            target: Path and query as they go over the wire.
        """
        date, content_type = self.now().isoformat(timespec="seconds"), "application/json"
        text = f"GET\n{hashlib.md5(b'').hexdigest()}\n{content_type}\n{date}\n\n{target}"  # noqa: S324
        digest = hmac.new(self.secret.encode(), text.encode(), hashlib.sha1).digest()
        credentials = f"{self.user}:{base64.b64encode(digest).decode()}"
        headers = {
            "Date": date,
            "Content-Type": content_type,
            "Authorization": f"gotom_app_api {credentials}",
        }
        return send(self.url, "GET", target, headers)


@dataclass(frozen=True)
class StudioClient:
    """Sends requests with one key."""

    url: str
    key: str

    def get(self, path: str, **query: Any) -> Answer:
        """Read a path below ``/v1``, with a query of parameters."""
        target = f"{path}?{urlencode(query)}" if query else path
        return send(self.url, "GET", f"/v1{target}", {"x-api-key": self.key})

    def chunks(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield chunk after chunk, with each chunk's offset sent unchanged for the next."""
        while True:
            chunk = self.get(path, **query).json
            yield chunk
            if not chunk["hasNext"]:
                return
            query["offset"] = chunk["offset"]

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return the records of all chunks."""
        return [record for chunk in self.chunks(path, **query) for record in chunk["result"]]
