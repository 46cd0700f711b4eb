"""Read the exchanges and hits that were recorded with real servers."""

from __future__ import annotations

import base64
import fnmatch
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.goatcounter import Generation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DIRECTORY = Path(__file__).parents[2] / "captures" / "goatcounter"

FILES = {Generation.V2_7: "v2.7.0.jsonl", Generation.MAIN: "main-2026-08.jsonl"}

NEVER_ASKED = (
    *("*-plain", "*-html-*", "*content-type*", "*basic*", "*trailing-slash*"),
    *("*-405", "*-head-method", "*-wrong-method", "options-cors", "count-*", "site-*"),
    *("*path-by-name*", "*default*", "*bare-date*", "*-same-day-bare", "*offset-ignored"),
    *("*-bad-date", "*-bad-page*", "*-bad-id", "*-bad-json", "*-limit-empty", "*not-a-number"),
    *("*-refs-not-numeric", "export-id-not-numeric", "*-as-string", "*-too-large"),
    *("*upper-case*", "*repeated*", "*include-paths-space", "*-daily", "*-group-[!d]*"),
    *("*languages-detail", "*toprefs-detail*", "*unknown-parameter-sites", "base-path-status2"),
    *("export-json-with-hit-id", "export-csv-with-day", "limit-api2-429"),
)
"""Names of exchanges that the tap never has, and that the sandbox has no code for."""


class Response(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """One request and the real server's response."""

    name: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes | None
    recorded: Response

    @property
    def target(self) -> str:
        """Path and query as sent."""
        return f"{self.path}?{self.query}" if self.query else self.path


def read_exchanges(generation: Generation) -> Iterable[Exchange]:
    """Yield the exchanges with one server that the tap could have had, in the order sent."""
    for entry in _read_lines(FILES[generation]):
        if not any(fnmatch.fnmatchcase(entry["name"], pattern) for pattern in NEVER_ASKED):
            yield _parse_exchange(entry)


def read_hits(batch: int) -> list[dict[str, Any]]:
    """Return the hits of one batch, in the order sent: ``site``, ``via``, ``hit``, ``headers``."""
    return [entry for entry in _read_lines("hits.jsonl") if entry["batch"] == batch]


def _read_lines(name: str) -> list[dict[str, Any]]:
    text = (DIRECTORY / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _parse_exchange(entry: dict[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    headers = {name.lower(): value for name, value in response["headers"].items()}
    body = request["body"]
    return Exchange(
        name=entry["name"],
        method=request["method"],
        path=request["path"],
        query=request["query"],
        headers=request["headers"],
        body=None if body is None else json.dumps(body).encode(),
        recorded=Response(response["status"], headers, _parse_body(response)),
    )


def _parse_body(response: dict[str, Any]) -> bytes:
    if "body_base64" in response:
        return base64.b64decode(response["body_base64"])
    if "body_text" in response:
        text: str = response["body_text"]
        return text.encode()
    return json.dumps(response["body_json"], ensure_ascii=False).encode()
