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
    from collections.abc import Iterable, Iterator

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
BROWSERS = {
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Chrome": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Safari/537.36"
    ),
    "Safari": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
    ),
    "": "",
}
SYSTEMS = {"Firefox": "Linux", "Chrome": "Windows", "Safari": "iOS", "": ""}
WIDTHS = {
    "phone": ("390", "600"),
    "tablet": ("768",),
    "desktop": ("1366", "1920"),
    "unknown": ("",),
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
            browser = chance.choice(sorted(BROWSERS))
            campaign = chance.choice(CAMPAIGNS)
            of_visitor: dict[str, Any] = {
                "user_agent": BROWSERS[browser],
                "size": chance.choice(chance.choice(sorted(WIDTHS.values()))),
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


def count_by_day(hits: Iterable[Hit], what: Any) -> dict[tuple[str, Any], int]:
    """Return visitors by day and a property of theirs."""
    return dict(Counter((get_day_of(hit), what(hit)) for hit in select_visitors(hits)))


def get_counts(records: list[dict[str, Any]], *names: str) -> dict[tuple[Any, ...], int]:
    """Return the counts in records by some of their fields, without zeros."""
    return {
        tuple(record[name] for name in names): record["count"]
        for record in records
        if record["count"]
    }


def test_totals_by_day_and_hour(records: Records, sent: list[Hit]) -> None:
    found = records["total_daily"]
    assert [record["day"] for record in found] == [
        str(get_day(number)) for number in reversed(DAYS)
    ]
    for record in found:
        of_day = [hit for hit in select_visitors(sent) if get_day_of(hit) == record["day"]]
        assert record["daily"] == len(of_day)
        assert record["hourly"] == [
            sum(get_hour_of(hit) == hour for hit in of_day) for hour in range(24)
        ]


def test_visitors_of_each_path_by_day_and_hour(records: Records, sent: list[Hit]) -> None:
    found = records["path_daily"]
    expected = count_by_day(sent, lambda hit: hit.path)
    assert {(row["day"], row["path"]): row["daily"] for row in found} == expected
    ids = {path["id"]: path["path"] for path in records["paths"]}
    assert all(ids[row["path_id"]] == row["path"] for row in found)
    assert all(row["event"] == (row["path"] == "sign up") for row in found)
    for row in found:
        hours = Counter(
            get_hour_of(hit)
            for hit in select_visitors(sent)
            if (get_day_of(hit), hit.path) == (row["day"], row["path"])
        )
        assert row["hourly"] == [hours[hour] for hour in range(24)]


def test_visitors_by_browser_and_by_system(records: Records, sent: list[Hit]) -> None:
    names = {agent: name for name, agent in BROWSERS.items()}
    assert get_counts(records["browsers"], "day", "name") == count_by_day(
        sent, lambda hit: names[hit.user_agent]
    )
    assert get_counts(records["systems"], "day", "name") == count_by_day(
        sent, lambda hit: SYSTEMS[names[hit.user_agent]]
    )
    known = [row for row in records["browsers"] if row["name"]]
    by_version: Counter[tuple[str, str]] = Counter()
    for row in records["browser_versions"]:
        assert row["name"].startswith(row["id"])
        by_version[row["day"], row["id"]] += row["count"]
    assert by_version == get_counts(known, "day", "name")


def test_visitors_by_country_language_and_screen(records: Records, sent: list[Hit]) -> None:
    groups = {width: group for group, widths in WIDTHS.items() for width in widths}
    assert get_counts(records["locations"], "day", "id") == count_by_day(
        sent, lambda hit: hit.location or "(unknown)"
    )
    assert get_counts(records["languages"], "day", "id") == count_by_day(
        sent, lambda _: "(unknown)"
    )
    assert get_counts(records["sizes"], "day", "id") == count_by_day(
        sent, lambda hit: groups[hit.size]
    )
    widths = get_counts(records["size_widths"], "day", "id", "name")
    assert widths == {
        (day_, *key): count
        for (day_, key), count in count_by_day(
            sent, lambda hit: (groups[hit.size], f"↔\ufe0e {hit.size or 0}px")
        ).items()
    }


def test_visitors_by_campaign_and_its_sources(records: Records, sent: list[Hit]) -> None:
    def get_campaign(hit: Hit) -> str:
        return hit.query.rpartition("=")[2]

    led = [hit for hit in select_visitors(sent) if get_campaign(hit)]
    expected = Counter((get_day_of(hit), get_campaign(hit)) for hit in led)
    assert get_counts(records["campaigns"], "day", "name") == expected
    names = {row["id"]: row["name"] for row in records["campaigns"]}
    sources = get_counts(records["campaign_sources"], "day", "id", "name")
    assert {(day_, names[id_], name): count for (day_, id_, name), count in sources.items()} == {
        (day_, name, f"mail-{name}"): count for (day_, name), count in expected.items()
    }


def test_visitors_by_referrer_and_where_it_led(records: Records, sent: list[Hit]) -> None:
    def get_referrer(hit: Hit) -> tuple[str, str]:
        campaign = hit.query.rpartition("=")[2]
        return (f"mail-{campaign}", "c") if campaign else (hit.ref, "o")

    assert get_counts(records["toprefs"], "day", "name", "ref_scheme") == {
        (day_, *key): count for (day_, key), count in count_by_day(sent, get_referrer).items()
    }
    paths = {path["id"]: path["path"] for path in records["paths"]}
    found = get_counts(records["path_referrers"], "day", "path_id", "name", "ref_scheme")
    assert {(day_, (paths[id_], *rest)): n for (day_, id_, *rest), n in found.items()} == (
        count_by_day(sent, lambda hit: (hit.path, *get_referrer(hit)))
    )
    led = get_counts(records["topref_paths"], "day", "id", "name")
    assert {(day_, (name, path)): count for (day_, name, path), count in led.items()} == {
        (day_, (name, path)): count
        for (day_, (name, path)), count in count_by_day(
            sent, lambda hit: (get_referrer(hit)[0], hit.path)
        ).items()
        if name
    }
