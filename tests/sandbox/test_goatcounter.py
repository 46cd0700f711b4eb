"""What the sandbox's GoatCounter does beyond what was recorded."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter, Hit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Client:
    """Talks to the sandbox with a token that may do everything."""

    def __init__(self, sandbox: GoatCounter, url: str, token: str) -> None:
        """Keeps what it talks to."""
        self.sandbox = sandbox
        self.url = url
        self.session = requests.Session()
        self.session.headers.update(
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )

    def get(self, path: str, **parameters: object) -> requests.Response:
        """Asks."""
        query: Any = parameters
        return self.session.get(f"{self.url}/api/v0{path}", params=query, timeout=10)

    def send(self, path: str, body: object, method: str = "POST") -> requests.Response:
        """Sends JSON."""
        return self.session.request(method, f"{self.url}/api/v0{path}", json=body, timeout=10)

    def export(self) -> dict[str, Any]:
        """Starts an export of hits and waits for its end."""
        body = {"format": "csv"} if self.sandbox.generation is Generation.MAIN else {}
        number = self.send("/export", body).json()["id"]
        for _ in range(100):
            export: dict[str, Any] = self.get(f"/export/{number}").json()
            if export["finished_at"] or export["error"]:
                return export
            time.sleep(0.05)
        raise TimeoutError("the export does not end")


@pytest.fixture(params=Generation)
def generation(request: pytest.FixtureRequest) -> Generation:
    """Both servers, one after the other."""
    chosen: Generation = request.param
    return chosen


@pytest.fixture
def client(generation: Generation) -> Iterator[Client]:
    """A client of a server with one empty site."""
    sandbox = GoatCounter(generation, limits=UNLIMITED)
    sandbox.add_site()
    token = sandbox.add_token(permissions=126)
    with sandbox.serve() as url:
        found = Client(sandbox, url, token)
        yield found
        found.session.close()


def rows_of(answer: requests.Response) -> list[dict[str, str]]:
    """The rows of a CSV export."""
    text = gzip.decompress(answer.content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_hits_sent_over_the_wire_are_exported_as_expected(client: Client) -> None:
    sent = [
        {
            "path": "/a/",
            "title": 'Say "A",\r\nplease',
            "session": "s",
            "user_agent": "Firefox/140.0",
        },
        {"path": "/A", "session": "s", "created_at": "2026-11-01T10:00:00.6Z", "size": "390,800,2"},
        {"path": "/b", "user_agent": "curl/8.5.0", "session": "bot"},
        {"path": "click", "event": True, "session": "s", "query": "utm_source=x"},
    ]
    assert client.send("/count", {"hits": sent}).json() == {"status": "ok"}
    export = client.export()
    rows = rows_of(client.get(f"/export/{export['id']}/download"))
    assert [row["2Path"] for row in rows] == ["/a", "/a", "click"]
    assert [row["FirstVisit"] for row in rows] == ["1", "0", "1"]
    assert rows[0]["Title"] == 'Say "A",\r\nplease'
    assert rows[1]["Date"] == "2026-11-01T10:00:00Z"
    assert rows[1]["Screen size"] == "390,0,1"
    expected = client.sandbox.expected_hits(1)
    assert [list(row.values()) for row in rows] == [list(row.values()) for row in expected]
    assert export["num_rows"] == len(expected)
    assert export["last_hit_id"] == client.sandbox.last_hit_id(1) == 3
    assert client.sandbox.expected_hits(1, after=3) == []


def test_good_hits_are_kept_when_others_are_refused(client: Client) -> None:
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    hits = [{"path": "/"}, {"path": "/", "session": "s"}, {"session": "s", "path": ""}]
    answer = client.send("/count", {"hits": [*hits, {**hits[1], "created_at": later}]})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"0", "2", "3"}
    assert client.get("/stats/total").json()["total"] == 1


def test_a_very_large_export_is_served_from_a_file(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "large.csv.gz"
    size = 64 * 1024 * 1024
    with file.open("wb") as target:
        target.truncate(size)
    coming = client.sandbox.next_export
    coming.file, coming.rows, coming.last_hit_id, coming.seconds = file, 2_000_000, 2_500_000, 0
    export = client.export()
    assert (export["num_rows"], export["last_hit_id"], export["size"]) == (
        2_000_000,
        2_500_000,
        "64.0",
    )
    digest, received = hashlib.sha256(), 0
    tracemalloc.start()
    url = f"{client.url}/api/v0/export/{export['id']}/download"
    with client.session.get(url, stream=True, timeout=10) as answer:
        for piece in answer.iter_content(1024 * 1024):
            digest.update(piece)
            received += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert received == size
    assert export["hash"] == f"sha256-{digest.hexdigest()}"
    assert peak < 16 * 1024 * 1024


def test_the_next_export_alone_can_fail(client: Client) -> None:
    client.sandbox.add_hits(1, [Hit("/", session="s")])
    client.sandbox.next_export.error = "disk full"
    client.sandbox.next_export.seconds = 0
    failed = client.export()
    assert (failed["error"], failed["finished_at"], failed["hash"]) == ("disk full", None, None)
    assert client.get(f"/export/{failed['id']}/download").status_code == 202
    assert client.export()["error"] is None


def test_long_windows_can_take_the_database_too_long(generation: Generation) -> None:
    sandbox = GoatCounter(generation, query_days_limit=7, now=lambda: NOW)
    sandbox.add_site()
    token = sandbox.add_token()
    with sandbox.serve() as url:
        client = Client(sandbox, url, token)
        short = client.get("/stats/hits", start="2026-11-01", end="2026-11-07")
        long = client.get("/stats/total", start="2026-11-01", end="2026-11-09")
        client.session.close()
    assert short.status_code == 200
    assert (long.status_code, long.json()) == (504, {"error": "server timed out loading data"})


def test_the_second_limit_is_charged_even_when_the_first_refuses() -> None:
    limits = {"api": (1, 60), "api2": (2, 3600)}
    sandbox = GoatCounter(Generation.MAIN, limits=limits, now=lambda: NOW)
    sandbox.add_site()
    token = sandbox.add_token()
    with sandbox.serve() as url:
        client = Client(sandbox, url, token)
        answers = [client.get("/me") for _ in range(3)]
        client.session.close()
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert [answer.headers["X-Rate-Limit-Limit"] for answer in answers] == ["1", "1", "2"]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, "60", "3600"]
