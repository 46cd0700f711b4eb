"""How fast apps reach stdout in large pages, and what is asked for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import select_streams
from tests.benchmarks import latency, serving
from tests.benchmarks.bench import ONE_AT_A_TIME, SDK_DEFAULT, Bench, Contest
from tests.benchmarks.memory import remember_pages
from tests.benchmarks.rows import compare_with_sdk
from tests.processes import build_command, discover_catalog
from tests.sandbox.apparena import AppArena, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.measure import Measurement

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
    apps = _compare_apps(directory)
    children = Contest(
        f"{len(PER_APP)} streams of {FEW} apps",
        {
            TAP: _compare_children(directory),
            ONE_AT_A_TIME: _compare_children(directory, max_concurrency=1),
        },
    )
    return Bench((apps, children), misses=tuple(_find_misses(apps, children)))


@dataclass(frozen=True)
class Agency:
    """A company with so many apps."""

    apps: int

    def sandbox(self) -> AppArena:
        """Make a server with these apps instead of the seeded ones."""
        data = seeds.data()
        data.apps.clear()
        data.add_apps(self.apps, seeds.TEMPLATE_ID)
        server = AppArena(data=data)
        server.add_key(KEY)
        return server


def _compare_apps(directory: Path) -> Contest:
    """Measure the list by itself, from a server that has its answers at hand."""
    with serving.serve_apart(remember_pages(Agency(MANY).sandbox)) as server:
        command = _build_command(directory, APPS, url=server.url, page_size=ROWS_PER_PAGE)
        return Contest(f"{MANY:,} apps", compare_with_sdk(TAP, command))


def _compare_children(directory: Path, **settings: Any) -> Measurement:
    command = partial(_build_command, directory, *PER_APP, **settings)
    return latency.run(Agency(FEW).sandbox, lambda url: command(url=url)).measurement


def _build_command(directory: Path, *streams: str, url: str, **settings: Any) -> list[str]:
    config = {"api_url": url, "api_key": KEY, **settings}
    return build_command(
        TAP, config, directory, catalog=select_streams(discover_catalog(TAP), streams)
    )


def _find_misses(apps: Contest, children: Contest) -> Iterator[str]:
    yield from apps.find_slowness(TAP, SDK_DEFAULT, MIN_RATIO_SDK)
    yield from children.find_slowness(TAP, ONE_AT_A_TIME, MIN_RATIO_SINGLE)
