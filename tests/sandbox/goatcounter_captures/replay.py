"""Sends the recorded requests to the sandbox, doing meanwhile what was done while recording."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from tests.sandbox.goatcounter import Generation, GoatCounter
from tests.sandbox.goatcounter_captures.clock import Clock
from tests.sandbox.goatcounter_captures.recording import Answer, exchanges, hits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.goatcounter_captures.recording import Exchange

START = datetime(2026, 11, 22, 2, 58, 30, tzinfo=UTC)
"""When the sites, users and tokens were made."""

PIXELS_AT = START.replace(second=44)
"""When the tracking pixel was asked for, give or take some seconds."""

_TOKENS = {
    "TOKEN-FULL": 76,
    "TOKEN-NO-EXPORT": 72,
    "TOKEN-NO-STATS": 12,
    "TOKEN-NO-SITES": 68,
    "TOKEN-MAIN-ONLY": 76,
    "TOKEN-COUNT": 2,
    "TOKEN-FRESH": 76,
    "TOKEN-IDLE": 76,
}
_FIRST_USED_IN_RECORDING = {"TOKEN-FULL", "TOKEN-FRESH"}
_HOURLY_LIMIT = 500


@dataclass(frozen=True)
class Outcome:
    """A recorded exchange and what the sandbox answers in its place."""

    exchange: Exchange
    answered: Answer


class Replay:
    """One server's recording, replayed."""

    def __init__(self, generation: Generation) -> None:
        """Sets up the server as it was when the recording began."""
        self._generation = generation
        self._exchanges = exchanges(generation)
        self._clock = Clock(START)
        version = "HEAD" if generation is Generation.MAIN else None
        self._sandbox = GoatCounter(generation, now=lambda: self._clock.now, version=version)
        self._sites = self._add_sites()
        self._add_tokens()
        self._preparations = self._preparations_by_name()

    def run(self) -> list[Outcome]:
        """Replays everything in order."""
        with self._sandbox.serve() as url:
            self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
            try:
                self._add_first_hits()
                self._restart()
                return [self._replay(exchange) for exchange in self._exchanges]
            finally:
                self._connection.close()

    def _replay(self, exchange: Exchange) -> Outcome:
        if preparation := self._preparations.get(exchange.name):
            preparation()
        elif _was_preceded_by_restart(exchange):
            self._restart()
        self._clock.advance(exchange.recorded)
        for _ in range(self._clock.unseen):
            self._send("GET", "/api/v0/unseen", {"Host": "127.0.0.1"})
        answered = self._send(exchange.method, exchange.target, exchange.headers, exchange.body)
        return Outcome(exchange, answered)

    def _preparations_by_name(self) -> dict[str, Callable[[], None]]:
        """What was done by hand just before some exchanges."""
        return {
            "export-incremental-start": self._add_second_batch,
            "export-file-gone-24h": self._lose_export_files,
            "export-file-gone-old": self._age_exports,
            "export-failed-object": self._fail_last_export,
            "limit-api2-429": self._exhaust_hourly_limit,
            "limit-api2-small-request1": lambda: self._restart(api2=(3, 3600)),
            "limit-export-none": lambda: self._restart(export=None),
            "stats-total-idle-token-404": self._rest_token,
            "me-timezone-west": lambda: self._move_owner("US.America/New_York"),
            "timezone-east-stats-total": lambda: self._move_owner("BE.Europe/Brussels"),
            "timezone-utc-stats-total": lambda: self._move_owner(".UTC"),
            "base-path-me": lambda: self._restart(base_path="/stats"),
        }

    def _restart(self, base_path: str | None = None, **limits: tuple[int, float] | None) -> None:
        self._sandbox.restart(limits=limits, base_path=base_path)
        self._clock.restart()

    def _add_second_batch(self) -> None:
        self._restart()
        self._add_hits(2)

    def _lose_export_files(self) -> None:
        self._restart()
        self._sandbox.delete_export_files()

    def _age_exports(self) -> None:
        self._restart()
        self._sandbox.expire_exports()

    def _fail_last_export(self) -> None:
        self._restart()
        self._sandbox.exports[-1].fail("disk I/O error")

    def _exhaust_hourly_limit(self) -> None:
        self._restart(api=(10 * _HOURLY_LIMIT, 1))
        for _ in range(_HOURLY_LIMIT):
            self._send("GET", "/api/v0/unseen", {"Host": "127.0.0.1"})

    def _rest_token(self) -> None:
        self._restart()
        self._sandbox.rest_token("TOKEN-IDLE")

    def _move_owner(self, timezone: str) -> None:
        self._sandbox.set_timezone("TOKEN-FULL", timezone)

    def _add_sites(self) -> dict[str, int]:
        codes = self._recorded_codes()
        main = self._sandbox.add_site("127.0.0.1", code=codes[1])
        second = self._sandbox.add_site(
            "second.localhost",
            parent=main.id,
            code=codes[2],
            collect_regions="US,RU,CN,DE",
        )
        third = self._sandbox.add_site(
            "third.localhost",
            parent=main.id,
            collect=190,
            code=codes[3],
        )
        return {site.cname: site.id for site in (main, second, third)}

    def _recorded_codes(self) -> dict[int, str]:
        """The sites' codes, which are random, and by which children are sorted."""
        answer = next(e.recorded for e in self._exchanges if e.name == "sites")
        return {site["id"]: site["code"] for site in json.loads(answer.body)["sites"]}

    def _add_tokens(self) -> None:
        for text, permissions in _TOKENS.items():
            self._sandbox.add_token(
                permissions,
                sites=[1] if text == "TOKEN-MAIN-ONLY" else [-1],
                name=text.removeprefix("TOKEN-").lower(),
                used=text not in _FIRST_USED_IN_RECORDING,
                text=text,
            )

    def _add_first_hits(self) -> None:
        self._clock.now = PIXELS_AT
        self._add_hits(1)
        self._clock.now = START.replace(second=33)

    def _add_hits(self, batch: int) -> None:
        for entry in hits(batch):
            hit = entry["hit"]
            if entry["via"] == "pixel":
                self._ask_for_pixel(hit, entry["headers"])
                continue
            self._sandbox.add_hits(self._sites[entry["site"]], [hit])

    def _ask_for_pixel(self, hit: Mapping[str, str], headers: Mapping[str, str]) -> None:
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in hit.items())
        self._send("GET", f"/count?{query}", {"Host": "127.0.0.1", **headers})

    def _send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> Answer:
        connection = self._connection
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None or method == "POST":
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, answered, response.read())


def _was_preceded_by_restart(exchange: Exchange) -> bool:
    """Whether the server was restarted to have a fresh allowance of exports.

    It was before every export that was not to be refused, with the base path only once.
    """
    headers = exchange.recorded.headers
    of_exports = headers.get("x-rate-limit-limit") == "1"
    return of_exports and exchange.recorded.status != http.HTTPStatus.TOO_MANY_REQUESTS
