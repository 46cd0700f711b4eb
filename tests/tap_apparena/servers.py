"""A sandbox's App-Arena, and how the tap reads it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import TapRun, run_tap
from tap_apparena.client import AppArenaClient
from tap_apparena.streams import STREAMS
from tap_apparena.tap import TapAppArena
from tests.sandbox.apparena import seeds
from tests.sandbox.faults import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.apparena import AppArena
    from tests.sandbox.traffic import ReceivedRequest

KEY = "api-key-sentinel"
URL = "https://apparena.example/api/v2"
NAMES = sorted(vars(stream)["name"] for stream in STREAMS)


def client(max_retries: int = 0) -> AppArenaClient:
    """Return a client of `URL` without credentials."""
    settings = {"max_retries": max_retries}
    return AppArenaClient([URL], logger=logging.getLogger("quiet"), config=settings)


@dataclass(frozen=True)
class Server:
    """A server that `KEY` may read.

    Attributes:
        url: The base of its API.
        sandbox: A view behind the scenes.
    """

    url: str
    sandbox: AppArena = field(repr=False)

    def settings(self, **more: Any) -> dict[str, Any]:
        """Return the settings to read it, by the key unless there is a token."""
        return {
            "api_url": self.url,
            **({} if "jwt" in more else {"api_key": KEY}),
            "request_timeout": 20,
            "max_retries": 0,
            **more,
        }

    def read(
        self,
        *streams: str,
        state: dict[str, Any] | None = None,
        catalog: dict[str, Any] | None = None,
        fails: bool = False,
        **settings: Any,
    ) -> TapRun:
        """Run the tap in this process, with these streams selected or else the usual ones."""
        config = self.settings(**settings)
        run = run_tap(TapAppArena, config, state=state, catalog=catalog, select=streams)
        assert bool(run.exit_code) is fails, run.error
        return run

    def discover(self) -> dict[str, Any]:
        """Return the catalog."""
        catalog: dict[str, Any] = TapAppArena(config=self.settings()).catalog_dict
        return catalog

    def fail(self, *streams: str, **options: Any) -> TapRun:
        """Run the tap, which must fail."""
        return self.read(*streams, fails=True, **options)

    def respond(self, path: str, body: object, status: int = 200, **which: Any) -> None:
        """Answer the requests for a path below the base, or some of them, by something else.

        Args:
            path: With ``*`` for any text.
            body: The rows of a list, any other value, or a text, which no JSON is but under 200.
            status: The status.
            which: What `Faults.add` takes to choose requests.
        """
        if isinstance(body, list):
            body = {"_embedded": {"data": body}, "total_items": len(body)}
        text = body if isinstance(body, str) else json.dumps(body)
        is_json = status == 200 or not isinstance(body, str)
        headers = {"Content-Type": "application/json" if is_json else "text/html"}
        answer = Answer(status, text, headers)
        self.sandbox.faults.add("GET", f"/api/v2{path}", answer, **{"times": None, **which})

    def refuse(self, path: str, status: int, **which: Any) -> None:
        """Refuse the requests for a path below the base, as the API does."""
        self.respond(path, {"status": status, "message": "No."}, status, **which)

    def received(self, path: str) -> list[ReceivedRequest]:
        """Return the requests for a path below the base that the server has got so far."""
        return [request for request in self.sandbox.requests if request.path == f"/api/v2{path}"]

    def pages(self, path: str) -> list[int]:
        """Return the pages of a list that the server was asked for, in order."""
        return [int(request.query["page"][-1]) for request in self.received(path)]

    def fill(self, number: int) -> list[int]:
        """Have so many apps, and return their ids in order."""
        self.sandbox.data.apps.clear()
        return [self.add_app() for _ in range(number)]

    def keep_apps(self, number: int) -> None:
        """Have only so many of the apps of the company that the key belongs to."""
        apps = self.sandbox.data.apps
        own = [app_id for app_id, app in apps.items() if app["companyId"] == seeds.COMPANY]
        for app_id in own[number:]:
            del apps[app_id]

    def add_app(self) -> int:
        """Add an app, and return its id."""
        data = self.sandbox.data
        app_id: int = data.add_app(next(iter(data.templates)))["appId"]
        return app_id

    def before_page(self, number: int, change: Callable[[], object]) -> None:
        """Let something change each time before a page with this number is read."""

        def before_page(_: str, page: int) -> None:
            if page == number:
                change()

        self.sandbox.quirks.before_page = before_page


def select_rows(records: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    """Return the records that have all these values."""
    return [record for record in records if wanted.items() <= record.items()]


def ids(run: TapRun) -> list[int]:
    """Return the ids of the apps that a run has written, the lowest first."""
    return sorted(record["appId"] for record in run.records["apps"])
