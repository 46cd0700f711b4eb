"""Send the recorded requests to the sandbox, and do meanwhile what was done while recording."""

from __future__ import annotations

import http.client
import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter, Hit
from tests.sandbox.goatcounter_captures.recording import Response, read_exchanges, read_hits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.goatcounter_captures.recording import Exchange

START = datetime(2026, 11, 22, 2, 58, 30, tzinfo=UTC)
"""When the sites, users and tokens were made."""

PIXELS_AT = START.replace(second=44)
"""When the tracking pixel was asked for, give or take some seconds."""

STARTED = re.compile(r'"created_at": "(\S+?\.\d{6})')
ONE_SECOND = timedelta(seconds=1)
HIT_FIELDS = {"p": "path", "t": "title", "r": "ref", "s": "size"}
"""Those of the tracking pixel."""

TOKENS = {
    "TOKEN-FULL": 76,
    "TOKEN-NO-EXPORT": 72,
    "TOKEN-NO-STATS": 12,
    "TOKEN-NO-SITES": 68,
    "TOKEN-MAIN-ONLY": 76,
    "TOKEN-COUNT": 2,
    "TOKEN-FRESH": 76,
    "TOKEN-IDLE": 76,
}
FIRST_USED_IN_RECORDING = {"TOKEN-FULL", "TOKEN-FRESH"}


class Replay:
    """One server's recording, replayed."""

    def __init__(self, generation: Generation) -> None:
        """Set up the server as it was when the recording began."""
        self._exchanges = list(read_exchanges(generation))
        self._now = START
        version = "HEAD" if generation is Generation.MAIN else None
        self._sandbox = GoatCounter(generation, now=lambda: self._now, version=version)
        self._sites = self._add_sites()
        self._add_tokens()
        self._preparations = self._list_preparations()

    def run(self) -> Iterator[tuple[Exchange, Response]]:
        """Yield each exchange and what the sandbox answers in its place."""
        with self._sandbox.serve() as url:
            self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
            try:
                self._now = PIXELS_AT
                self._add_hits(1)
                self._now = START
                self._restart()
                for exchange in self._exchanges:
                    yield exchange, self._replay(exchange)
            finally:
                self._connection.close()

    def _replay(self, exchange: Exchange) -> Response:
        if preparation := self._preparations.get(exchange.name):
            preparation()
        elif _follows_restart(exchange):
            self._restart()
        self._move_clock(exchange)
        return self._send(exchange)

    def _move_clock(self, exchange: Exchange) -> None:
        """Go on to the moment of a request, which is recorded in whole seconds.

        It is known better of a request that starts an export. When one was finished is not, and
        windows of limits must not end before they have refused a request.
        """
        body = exchange.recorded.body.decode(errors="replace")
        if exchange.name.startswith("limit-"):
            self._now += ONE_SECOND if exchange.name.endswith("after-wait") else timedelta()
        elif started := STARTED.search(body):
            self._now = datetime.fromisoformat(f"{started[1]}+00:00")
        else:
            is_finished = '"finished_at": "' in body
            earliest = self._now + (ONE_SECOND if is_finished else timedelta(milliseconds=10))
            self._now = max(earliest, parsedate_to_datetime(exchange.recorded.headers["date"]))

    def _list_preparations(self) -> dict[str, Callable[[], None]]:
        """Return what was done by hand just before some exchanges."""
        return {
            "export-incremental-start": self._add_second_batch,
            "export-file-gone-24h": self._sandbox.delete_export_files,
            "export-file-gone-old": self._sandbox.expire_exports,
            "export-failed-object": lambda: self._sandbox.exports[-1].fail("disk I/O error"),
            "limit-api-request1": lambda: self._restart(api=(4, 1)),
            "limit-api2-small-request1": lambda: self._restart(api2=(3, 3600)),
            "limit-export-none": lambda: self._restart(export=None),
            "stats-total-idle-token-404": lambda: self._sandbox.rest_token("TOKEN-IDLE"),
            "me-timezone-west": lambda: self._move_owner("US.America/New_York"),
            "timezone-east-stats-total": lambda: self._move_owner("BE.Europe/Brussels"),
            "timezone-utc-stats-total": lambda: self._move_owner(".UTC"),
            "base-path-me": lambda: self._restart(base_path="/stats"),
        }

    def _restart(self, base_path: str | None = None, **limits: tuple[int, float] | None) -> None:
        usual = {**UNLIMITED, "export": (1, 3600)}
        self._sandbox.restart(limits={**usual, **limits}, base_path=base_path)

    def _add_second_batch(self) -> None:
        self._restart()
        self._add_hits(2)

    def _move_owner(self, timezone: str) -> None:
        self._restart()
        self._sandbox.set_timezone("TOKEN-FULL", timezone)

    def _add_sites(self) -> dict[str, int]:
        response = next(found.recorded for found in self._exchanges if found.name == "sites")
        # codes are random, and children are sorted by them
        codes = {site["id"]: site["code"] for site in json.loads(response.body)["sites"]}
        add = self._sandbox.add_site
        main = add("127.0.0.1", code=codes[1])
        regions = "US,RU,CN,DE"
        second = add("second.localhost", parent=main.id, code=codes[2], collect_regions=regions)
        third = add("third.localhost", parent=main.id, code=codes[3], collect=190)
        return {site.cname: site.id for site in (main, second, third)}

    def _add_tokens(self) -> None:
        for text, permissions in TOKENS.items():
            self._sandbox.add_token(
                permissions,
                sites=[1] if text == "TOKEN-MAIN-ONLY" else [-1],
                name=text.removeprefix("TOKEN-").lower(),
                used=text not in FIRST_USED_IN_RECORDING,
                text=text,
            )

    def _add_hits(self, batch: int) -> None:
        for entry in read_hits(batch):
            hit = _parse_pixel(entry) if entry["via"] == "pixel" else Hit.from_mapping(entry["hit"])
            self._sandbox.add_hits(self._sites[entry["site"]], [hit])

    def _send(self, exchange: Exchange) -> Response:
        connection, body = self._connection, exchange.body
        connection.putrequest(
            exchange.method, exchange.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in exchange.headers.items():
            connection.putheader(name, value)
        if exchange.method == "POST":
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, headers, response.read())


def _parse_pixel(entry: dict[str, Any]) -> Hit:
    """Return the hit of a request for the tracking pixel."""
    headers = entry["headers"]
    return Hit(
        **{HIT_FIELDS[name]: value for name, value in entry["hit"].items()},
        user_agent=headers["User-Agent"],
        ip=headers["X-Forwarded-For"],
        language=headers["Accept-Language"],
        ref_is_url=True,
    )


def _follows_restart(exchange: Exchange) -> bool:
    """Return whether the server was restarted to have a fresh allowance of exports.

    It was before every export that was not to be refused, with the base path only once.
    """
    headers = exchange.recorded.headers
    of_exports = headers.get("x-rate-limit-limit") == "1"
    return of_exports and exchange.recorded.status != http.HTTPStatus.TOO_MANY_REQUESTS
