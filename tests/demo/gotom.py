"""A goTom with reports, lists and campaigns, where bookings and customers change on demand."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.demo.questions import DECIMALS
from tests.sandbox.gotom import GoTom, Report, demonstration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.demo.questions import Rows
    from tests.demo.source import Source

DAYS = 90
DELIVERY = ("Flight", "Tag", "Einblendungen", "Klicks")
REPORTS: tuple[dict[str, Any], ...] = (
    {
        "name": "turnover",
        "report_id": demonstration.GRAPH_REPORT,
        "primary_keys": ["Externe ID", "Monat", "Plattform"],
        "columns": {
            "Kampagne": "string",
            "Externe ID": "string",
            "Monat": "string",
            "Plattform": "string",
            "Umsatz netto": "number",
        },
        "skip_unchanged": True,
    },
    {
        "name": "delivery",
        "report_id": demonstration.CUSTOM_REPORT,
        "kind": "custom",
        "primary_keys": ["Flight", "Tag"],
        "columns": {
            "Flight": "string",
            "Tag": {"type": "date", "format": "%d.%m.%Y"},
            "Einblendungen": "integer",
            "Klicks": "integer",
        },
        "replication_key": "Tag",
    },
)
TURNOVER_ROWS = 72


@contextlib.contextmanager
def serve() -> Iterator[Source]:
    """Serve until the block is left."""
    sandbox = GoTom()
    demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield GoTomSource(sandbox, url)


class GoTomSource:
    """The instance, with a report of what its flights delivered up to yesterday."""

    # Rows as old as the bookmark come again, as more of them may have been added since.
    sent_again: Mapping[str, int] = {"delivery": len(demonstration.FLIGHTS), "turnover": 0}
    changed: Mapping[str, int] = {"customers": 1, "turnover": 0}

    def __init__(self, sandbox: GoTom, url: str) -> None:
        """Describe an instance that serves at `url`."""
        self._sandbox = sandbox
        self._today = datetime.now(UTC).date()
        self._delivery = [row for ago in range(DAYS, 0, -1) for row in self._list_rows_of_day(ago)]
        self._save()
        self.settings: Mapping[str, str] = {
            "TAP_GOTOM_BASE_URL": url,
            "TAP_GOTOM_GRAPH_USER": demonstration.GRAPH_USER,
            "TAP_GOTOM_GRAPH_SECRET": demonstration.GRAPH_SECRET,
            "TAP_GOTOM_API_USER": demonstration.API_USER,
            "TAP_GOTOM_API_SECRET": demonstration.API_SECRET,
            "TAP_GOTOM_REPORTS": json.dumps(REPORTS),
            "TAP_GOTOM_CAMPAIGN_EXTERNAL_IDS": json.dumps(demonstration.CAMPAIGNS),
        }

    def count_rows(self) -> Mapping[str, int]:
        """Count the rows of a copy, which has only the campaigns that the settings name."""
        data = self._sandbox.data
        found = (data.find_campaign(external_id) for external_id in demonstration.CAMPAIGNS)
        campaigns = [campaign for campaign in found if campaign]
        return {
            "turnover": TURNOVER_ROWS,
            "delivery": len(self._delivery),
            "users": len(data.entities["user"]),
            "platforms": len(data.entities["platform"]),
            "tarif_prices": sum(len(prices) for prices in data.prices.values()),
            "customers": len(data.customers),
            "campaigns": len(campaigns),
            "flights": sum(len(campaign.flights) for campaign in campaigns),
        }

    def answer_questions(self) -> Mapping[str, Rows]:
        """Sum what the reports' rows say, campaign by campaign and flight by flight."""
        campaigns = {item.external_id: item for item in self._sandbox.data.campaigns}
        firms = {item["externalCrmId"]: item["firm"] for item in self._sandbox.data.customers}
        months: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        customers: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for _, external_id, month, platform, amount in demonstration.list_turnover():
            campaign = campaigns[external_id].content
            months[month, campaign["name"]] += Decimal(amount)
            firm = firms[campaign["customer"]["entityExternalCrmId"]]
            customers[firm, platform] += Decimal(amount)
        return {
            "revenue_per_campaign_and_month": _list_sums(months),
            "revenue_per_customer": _list_sums(customers),
            "delivered_per_flight": self._measure_delivery(),
        }

    def _measure_delivery(self) -> Rows:
        """Return how many percent of its units each flight has been shown."""
        flights = [item for one in self._sandbox.data.campaigns for item in one.flights]
        units = {flight["externalId"]: flight["units"] for flight in flights}
        shown: defaultdict[str, int] = defaultdict(int)
        for flight, _, count, _ in self._delivery:
            shown[flight] += int(count)
        return [
            (flight, round(100 * shown[flight] / units[flight], DECIMALS))
            for flight in sorted(shown)
        ]

    def grow(self) -> str:
        """Add what flights delivered today, and note something about a customer."""
        today = list(self._list_rows_of_day(0))
        self._delivery += today
        self._save()
        self._sandbox.data.customers[0]["note"] = "Wants invoices by mail."
        return f"a report has {len(today)} new rows of today, and a customer has another note."

    def _list_rows_of_day(self, days_ago: int) -> Iterator[tuple[str, ...]]:
        day = self._today - timedelta(days_ago)
        for number, flight in enumerate(demonstration.FLIGHTS, 1):
            shown = 800 * number + 17 * days_ago
            yield (flight, day.strftime("%d.%m.%Y"), str(shown), str(shown // 400))

    def _save(self) -> None:
        report = Report.of_rows(DELIVERY, self._delivery)
        self._sandbox.add_report(demonstration.CUSTOM_REPORT, report, "custom")


def _list_sums(sums: Mapping[tuple[str, str], Decimal]) -> Rows:
    return [(*names, round(float(amount), DECIMALS)) for names, amount in sorted(sums.items())]
