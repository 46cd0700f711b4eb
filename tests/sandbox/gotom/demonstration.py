"""Users and reports that are the same each time, for looking at a tap by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.gotom import seeds
from tests.sandbox.gotom.authentication import API, REPORTS
from tests.sandbox.gotom.reports import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.gotom.go_tom import GoTom

GRAPH_USER = "graph_user"
GRAPH_SECRET = "graph-sandbox"  # noqa: S105 - known to everybody, and good for nothing else
API_USER = "api_user"
API_SECRET = "api-sandbox"  # noqa: S105 - likewise

GRAPH_REPORT = 46
CUSTOM_REPORT = 47

CAMPAIGNS = seeds.CAMPAIGNS[:2]
"""External ids of campaigns."""
FLIGHTS = ("demo-4711-1", "demo-4711-2", "demo-4712-1")
"""External ids of flights; the fourth was made in the user interface, and has none."""

_MONTHS = 12
_PLATFORMS = tuple(seeds.PLATFORM_NAMES.values())


def fill(sandbox: GoTom) -> None:
    """Add users, of whom one reads reports and one everything else, and a report of each kind."""
    sandbox.add_user(GRAPH_USER, GRAPH_SECRET, {REPORTS})
    sandbox.add_user(API_USER, API_SECRET, {API})
    header = ("Kampagne", "Externe ID", "Monat", "Plattform", "Umsatz netto")
    sandbox.add_report(GRAPH_REPORT, Report.of_rows(header, list_turnover()), "graph")
    delivery = ("Flight", "Tag", "Einblendungen", "Klicks")
    sandbox.add_report(CUSTOM_REPORT, Report.of_rows(delivery, _list_delivery()), "custom")


def list_turnover() -> Iterator[tuple[str, ...]]:
    """Yield the rows of the graph report."""
    for place, campaign in enumerate(CAMPAIGNS, 1):
        for month in range(1, _MONTHS + 1):
            for number, platform in enumerate(_PLATFORMS, 1):
                amount = f"{1250.5 * place + 310 * month * number:.2f}"
                yield (f"Frühling «{campaign}»", campaign, f"2026-{month:02d}", platform, amount)


def _list_delivery() -> Iterator[tuple[str, ...]]:
    for flight in FLIGHTS:
        for day in range(1, 32):
            shown = 4000 + 137 * day
            yield (flight, f"2026-03-{day:02d}", str(shown), str(shown // 400))
