"""How fast apps reach stdout in large pages, and what is asked for each of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.bench import ONE_AT_A_TIME, SDK_DEFAULT, Bench
from tests.benchmarks.reading import Reading
from tests.sandbox.apparena import AppArena, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.bench import Contest

TAP = "tap-apparena"
KEY = "benchmark"
APPS = "apps"
PER_APP = ("app_configs", "app_infos", "app_translations", "app_languages")
MANY, FEW = 120_000, 100
ROWS_PER_PAGE = 500
MIN_RATIO_SDK = 2.5
MIN_RATIO_SINGLE = 6


def run(directory: Path) -> Bench:
    """Measure the list, and what is asked for each app."""
    apps = _build_reading(directory, MANY, APPS).compare_from_memory(f"{MANY:,} apps")
    children = _build_reading(directory, FEW, *PER_APP)
    concurrency = children.compare_concurrency(f"{len(PER_APP)} streams of {FEW} apps")
    return Bench((apps, concurrency), misses=tuple(_find_misses(apps, concurrency)))


def _build_reading(directory: Path, apps: int, *streams: str) -> Reading:
    return Reading(
        TAP,
        partial(_make_server, apps),
        lambda url: {"api_url": url, "api_key": KEY, "page_size": ROWS_PER_PAGE},
        directory,
        streams,
    )


def _make_server(apps: int) -> AppArena:
    """Make a server with so many apps instead of the seeded ones."""
    data = seeds.data()
    data.apps.clear()
    data.add_apps(apps, seeds.TEMPLATE_ID)
    server = AppArena(data=data)
    server.add_key(KEY)
    return server


def _find_misses(apps: Contest, children: Contest) -> Iterator[str]:
    yield from apps.find_slowness(TAP, SDK_DEFAULT, MIN_RATIO_SDK)
    yield from children.find_slowness(TAP, ONE_AT_A_TIME, MIN_RATIO_SINGLE)
