"""The daily statistics: every number equals what was sent, counted independently."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.real_goatcounter import serve_real
from tests.tap_goatcounter.conftest import REAL, SERVERS, serve_sandbox
from tests.tap_goatcounter.servers import get_day, make_view, select_visitors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.goatcounter import Hit
    from tests.tap_goatcounter.servers import Server

Records = dict[str, list[dict[str, Any]]]

STREAMS = (
    *("total_daily", "path_daily", "paths", "path_referrers", "toprefs", "topref_paths"),
    *("browsers", "browser_versions", "systems", "locations", "regions", "languages"),
    *("sizes", "size_widths", "campaigns", "campaign_sources"),
)
DAYS = range(1, 8)
PATHS = ("/", "/pricing", "/blog/a,b", "/über", "/search?page=2&q=goat+cheese")
AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": (
        *("Firefox", "Firefox 140", "Linux"),
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Safari/537.36"
    ): ("Chrome", "Chrome 142", "Windows"),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
    ): ("Safari", "Safari 18.5", "iOS"),
    "": ("", "", ""),
}
"""Browser, version and system of each user agent."""
SIZES = {
    "390": "phone",
    "600": "phone",
    "768": "tablet",
    "1366": "desktop",
    "1920": "desktop",
    "": "unknown",
}
COUNTRIES = ("NL", "DE", "")
CAMPAIGNS = ("", "", "autumn", "winter")
REFERRERS = ("", "ref one", "android-app")


def make_hits_of_a_week() -> list[Hit]:
    """Return visits of seven days, each session within one of them, with reloads and events."""
    chance = random.Random(20261122)  # noqa: S311
    hits = []
    for days_ago in reversed(DAYS):
        for number in range(12):
            session = f"{days_ago}-{number}"
            campaign = chance.choice(CAMPAIGNS)
            of_visitor: dict[str, Any] = {
                "user_agent": chance.choice(list(AGENTS)),
                "size": chance.choice(list(SIZES)),
                "location": chance.choice(COUNTRIES),
                "ref": "" if campaign else chance.choice(REFERRERS),
                "query": f"utm_source=mail-{campaign}&utm_campaign={campaign}" if campaign else "",
            }
            for _ in range(chance.randint(1, 4)):
                moment = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00"
                more: dict[str, Any] = {"days_ago": days_ago, "session": session, "at": moment}
                hits.append(make_view(chance.choice(PATHS), **more, **of_visitor))
                if chance.random() < 0.2:
                    hits.append(make_view("sign up", **more, event=True))
    return hits


@pytest.fixture(scope="module")
def sent() -> list[Hit]:
    return make_hits_of_a_week()


@pytest.fixture(scope="module", params=SERVERS)
def records(
    request: pytest.FixtureRequest, sent: list[Hit], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Records]:
    """Return the records of the seven days, read in one run."""
    with ExitStack() as stack:
        server: Server = (
            stack.enter_context(serve_real(tmp_path_factory.mktemp("real")))
            if request.param == REAL
            else serve_sandbox(stack, request.param)
        )
        server.send(sent)
        run = server.read(*STREAMS, start_date=f"{get_day(7)}T00:00:00Z")
        for stream in STREAMS:
            keys = run.output.keys(stream)
            assert len(keys) == len(set(keys)), f"{stream} has keys twice"
            assert all(record["site_id"] == server.site_id for record in run.records[stream])
        yield run.records


def get_day_of(hit: Hit) -> str:
    return str(hit.created_at)[:10]


def get_hour_of(hit: Hit) -> int:
    return int(str(hit.created_at)[11:13])


def get_campaign(hit: Hit) -> str:
    return hit.query.rpartition("=")[2]


def get_referrer(hit: Hit) -> tuple[str, str]:
    campaign = get_campaign(hit)
    return (f"mail-{campaign}", "c") if campaign else (hit.ref, "o")


def count_hours(records: Records, stream: str, *names: str) -> dict[tuple[Any, ...], int]:
    """Return the visitors of each hour by some fields, without zeros."""
    counts = {}
    for record in records[stream]:
        assert record["daily"] == sum(record["hourly"])
        for hour, count in enumerate(record["hourly"]):
            if count:
                counts[record["day"], hour, *(record[name] for name in names)] = count
    return counts


def test_totals_by_day_and_hour(records: Records, sent: list[Hit]) -> None:
    days = [record["day"] for record in records["total_daily"]]
    assert days == [str(get_day(number)) for number in reversed(DAYS)]
    assert count_hours(records, "total_daily") == Counter(
        (get_day_of(hit), get_hour_of(hit)) for hit in select_visitors(sent)
    )


def test_visitors_of_each_path_by_day_and_hour(records: Records, sent: list[Hit]) -> None:
    assert count_hours(records, "path_daily", "path", "event") == Counter(
        (get_day_of(hit), get_hour_of(hit), hit.path, hit.path == "sign up")
        for hit in select_visitors(sent)
    )
    ids = {path["id"]: path["path"] for path in records["paths"]}
    assert all(ids[row["path_id"]] == row["path"] for row in records["path_daily"])


EXPECTED: dict[str, tuple[tuple[str, ...], Callable[[Hit], tuple[str, ...]]]] = {
    "browsers": (("name",), lambda hit: (AGENTS[hit.user_agent][0],)),
    "browser_versions": (("id", "name"), lambda hit: AGENTS[hit.user_agent][:2]),
    "systems": (("name",), lambda hit: (AGENTS[hit.user_agent][2],)),
    "locations": (("id",), lambda hit: (hit.location or "(unknown)",)),
    "languages": (("id",), lambda _: ("(unknown)",)),
    "sizes": (("id",), lambda hit: (SIZES[hit.size],)),
    "size_widths": (
        ("id", "name"),
        lambda hit: (SIZES[hit.size], f"↔\ufe0e {hit.size or 0}px"),
    ),
    "campaigns": (("name",), lambda hit: (get_campaign(hit),)),
    "campaign_sources": (
        ("campaign", "name"),
        lambda hit: (get_campaign(hit), get_referrer(hit)[0] if get_campaign(hit) else ""),
    ),
    "toprefs": (("name", "ref_scheme"), get_referrer),
    "path_referrers": (
        ("path", "name", "ref_scheme"),
        lambda hit: (hit.path, *get_referrer(hit)),
    ),
    "topref_paths": (("id", "name"), lambda hit: (get_referrer(hit)[0], hit.path)),
}
"""What tells the rows of each list apart, and what that is of a hit."""

ONLY_KNOWN = ("browser_versions", "campaigns", "campaign_sources", "topref_paths")
"""The lists without visitors of whom nothing is known."""


@pytest.mark.parametrize("stream", EXPECTED)
def test_visitors_of_each_list_by_day(records: Records, sent: list[Hit], stream: str) -> None:
    names, describe = EXPECTED[stream]
    paths = {path["id"]: path["path"] for path in records["paths"]}
    campaigns = {row["id"]: row["name"] for row in records["campaigns"]}
    found = {}
    for row in records[stream]:
        texts = {"path": paths.get(row.get("path_id")), "campaign": campaigns.get(row.get("id"))}
        if row["count"]:
            found[row["day"], *(({**texts, **row})[name] for name in names)] = row["count"]
    assert found == Counter(
        (get_day_of(hit), *describe(hit))
        for hit in select_visitors(sent)
        if describe(hit)[0] or stream not in ONLY_KNOWN
    )
