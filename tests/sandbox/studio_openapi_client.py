"""A client of the sandbox's Open API, to be used as a key of one studio."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        assert self.headers["Content-Type"] == "application/json"
        return msgspec.json.decode(self.body)

    @property
    def error(self) -> tuple[int, str, str | None]:
        """Status, code and reference of an error."""
        return self.status, self.json["errorCode"], self.json.get("reference")


@dataclass(frozen=True)
class Client:
    """Sends requests with one key."""

    url: str
    key: str

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: Any) -> Answer:
        """Reads a path below ``/v1``, with a query of parameters."""
        target = f"{path}?{urlencode(query, doseq=True)}" if query else path
        return self.send("GET", target, headers)

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Sends a request to a target below ``/v1``."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            sent = {"x-api-key": self.key, **(headers or {})}
            connection.request(method, f"/v1{target}", body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def chunks(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Reads chunk after chunk, with each chunk's offset sent unchanged for the next."""
        while True:
            chunk = self.get(path, **query).json
            yield chunk
            if not chunk["hasNext"]:
                return
            query["offset"] = chunk["offset"]

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """The records of all chunks."""
        return [record for chunk in self.chunks(path, **query) for record in chunk["result"]]
