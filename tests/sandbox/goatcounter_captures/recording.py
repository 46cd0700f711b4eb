"""Reads the exchanges and hits that were recorded with real servers."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.goatcounter import Generation

if TYPE_CHECKING:
    from collections.abc import Mapping

DIRECTORY = Path(__file__).parents[2] / "captures" / "goatcounter"

FILES = {Generation.V2_7: "v2.7.0.jsonl", Generation.MAIN: "main-2026-08.jsonl"}


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """One request and the real server's answer."""

    number: int
    name: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes | None
    recorded: Answer

    @property
    def target(self) -> str:
        """Path and query as sent."""
        return f"{self.path}?{self.query}" if self.query else self.path


def exchanges(generation: Generation) -> list[Exchange]:
    """All exchanges with one server, in the order sent."""
    return [_exchange(entry) for entry in _lines(FILES[generation])]


def hits(batch: int) -> list[dict[str, Any]]:
    """The hits of one batch, in the order sent: ``site``, ``via``, ``hit``, perhaps ``headers``."""
    return [entry for entry in _lines("hits.jsonl") if entry["batch"] == batch]


def _lines(name: str) -> list[dict[str, Any]]:
    text = (DIRECTORY / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _exchange(entry: dict[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return Exchange(
        number=entry["number"],
        name=entry["name"],
        method=request["method"],
        path=request["path"],
        query=request["query"],
        headers=request["headers"],
        body=_request_body(request["body"]),
        recorded=Answer(response["status"], headers, _response_body(response)),
    )


def _request_body(body: object) -> bytes | None:
    if body is None:
        return None
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _response_body(response: dict[str, Any]) -> bytes:
    if "body_base64" in response:
        return base64.b64decode(response["body_base64"])
    if "body_text" in response:
        text: str = response["body_text"]
        return text.encode()
    return json.dumps(response["body_json"], ensure_ascii=False).encode()
