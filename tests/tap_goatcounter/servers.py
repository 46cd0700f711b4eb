"""Servers with a site on them that the tap can read, and what is sent there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import requests

from singer_tapkit.failures import LASTING_STATUS, TRANSIENT_STATUS
from singer_tapkit.testing import run_tap
from tap_goatcounter.tap import TapGoatCounter
from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import GoatCounter, Hit, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from singer_tapkit.testing import TapRun
    from tests.sandbox.faults import Effect
    from tests.sandbox.traffic import ReceivedRequest

MAX_HITS = 500
COUNT_PERMISSION = 2


@dataclass(frozen=True)
class Server:
    """A site on a server, and a token that may read all of it.

    Attributes:
        url: Where the server opens in a browser.
        token: What the tap is given.
        sender: A token that may send hits.
        site_id: The site.
    """

    url: str
    token: str
    sender: str
    site_id: int

    def settings(self, **more: Any) -> dict[str, Any]:
        """Return the tap's settings for this server, in a hurry; what is None stays unset."""
        settings = {
            "site_url": self.url,
            "token": self.token,
            "requests_per_second": 1000,
            "requests_per_hour": 0,
            "request_timeout": 20,
            "max_retries": 1,
            **more,
        }
        return {name: value for name, value in settings.items() if value is not None}

    def discover(self, stream: str, **changed: Any) -> dict[str, Any]:
        """Return the tap's catalog, with something else in the entry of one stream."""
        catalog = json.loads(TapGoatCounter(config=self.settings()).catalog_json_text)
        for entry in catalog["streams"]:
            if entry["tap_stream_id"] == stream:
                entry.update(changed)
        return {"streams": catalog["streams"]}

    def run(
        self,
        *streams: str,
        state: Mapping[str, Any] | None = None,
        catalog: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> TapRun:
        """Run the tap in this process, with these streams selected or else the usual ones."""
        config = self.settings(**settings)
        return run_tap(TapGoatCounter, config, select=streams, state=state, catalog=catalog)

    def read(self, *streams: str, **given: Any) -> TapRun:
        """Run the tap, which must not fail."""
        run = self.run(*streams, **given)
        assert run.exit_code == 0, run.error
        return run

    def fail_to_read(self, *streams: str, **given: Any) -> TapRun:
        """Run the tap, which must fail, and say why in words instead of a traceback."""
        run = self.run(*streams, **given)
        assert run.exit_code in {LASTING_STATUS, TRANSIENT_STATUS}
        assert run.error
        return run

    def send(self, hits: Sequence[Hit]) -> None:
        """Send hits as a website's own server would."""
        for start in range(0, len(hits), MAX_HITS):
            response = requests.post(
                f"{self.url}/api/v0/count",
                json={
                    "hits": [to_json(hit) for hit in hits[start : start + MAX_HITS]],
                },
                headers={"Authorization": f"Bearer {self.sender}"},
                timeout=20,
            )
            assert response.status_code == requests.codes.accepted, response.text


@dataclass(frozen=True)
class Sandbox(Server):
    """A sandbox, with a view behind the scenes."""

    server: GoatCounter = field(repr=False)
    site: Site

    def add(self, *hits: Hit) -> None:
        """Store hits at once."""
        self.server.add_hits(self.site_id, hits)

    def disturb(
        self, path: str, effect: Effect | Mapping[str, Any], *, method: str = "GET", **options: Any
    ) -> None:
        """Let something happen to requests for a path of the API, or answer them with JSON."""
        if isinstance(effect, Mapping):
            effect = Answer(200, json.dumps(effect))
        self.server.faults.add(method, f"/api/v0{path}", effect, **options)

    def received(self, method: str, path: str) -> list[ReceivedRequest]:
        """Return the requests for a path of the API that the server has got so far."""
        return [
            request
            for request in self.server.requests
            if (request.method, request.path) == (method, f"/api/v0{path}")
        ]


def to_json(hit: Hit) -> dict[str, Any]:
    """Return a hit as ``POST /count`` takes it, with only the fields that say something."""
    given = {name: getattr(hit, name) for name in hit.__dataclass_fields__ if name != "ref_is_url"}
    return {name: value for name, value in given.items() if value}


def make_view(
    path: str = "/",
    *,
    days_ago: int = 2,
    at: str = "12:00:00",
    session: str = "ada",
    **more: Any,
) -> Hit:
    """Return a page view, some days ago by UTC."""
    moment = datetime.combine(get_day(days_ago), time.fromisoformat(at), UTC)
    return Hit(path=path, session=session, created_at=format_time(moment), **more)


def get_day(days_ago: int) -> date:
    """Return the UTC day so many days ago."""
    return datetime.now(UTC).date() - timedelta(days=days_ago)


def format_time(moment: datetime) -> str:
    """Return a moment as GoatCounter writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def select_visitors(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits that count as visitors: the first view of each path in each session."""
    seen: set[tuple[str, str]] = set()
    found = []
    for hit in hits:
        if (hit.session, hit.path) not in seen:
            seen.add((hit.session, hit.path))
            found.append(hit)
    return found
