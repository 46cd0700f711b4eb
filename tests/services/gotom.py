"""A goTom with reports of each way of loading, lists and campaigns, where everything changes."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.gotom import GoTom, Report
from tests.sandbox.gotom.customers import invent_customer
from tests.sandbox.gotom.endpoints import read_documented

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.services.source import Row, Source, Tables

GRAPH_USER, API_USER = "graph_user", "api_user"
CAMPAIGN = "/app-api/campaign/{campaignExternalId}"
PRICES_OF = "/app-api/export/price/tarif/{tarifId}"
LISTS = {
    "users": "user",
    "tarifs": "tarif",
    "platforms": "platform",
    "ad_servers": "adServer",
    "media": "media",
    "flight_position_types": "flightPositionType",
}
BOOKINGS, TURNOVER, DELIVERY = 46, 47, 48
DAYS_TO_COME = 10
"""How many days before today the delivery ends at first; each change adds one."""
LOOKBACK_DAYS = 3
"""How old the rows can be that a report loads again which loads only new ones."""
REPORTS: tuple[dict[str, Any], ...] = (
    {
        "name": "bookings",
        "report_id": BOOKINGS,
        "columns": {"Kunde": "string", "Betrag": "number", "Bezahlt": "boolean", "Tag": "date"},
    },
    {
        "name": "turnover",
        "report_id": TURNOVER,
        "primary_keys": ["Nummer"],
        "columns": {"Nummer": "integer", "Kunde": "string", "Betrag": "number"},
        "skip_unchanged": True,
    },
    {
        "name": "delivery",
        "report_id": DELIVERY,
        "kind": "custom",
        "primary_keys": ["Flight", "Tag"],
        "columns": {"Flight": "string", "Tag": "date", "Klicks": "integer"},
        "replication_key": "Tag",
        "lookback_days": LOOKBACK_DAYS,
    },
)


class Size(NamedTuple):
    """How much there is at first: rows of a report, items of a list and of a page, and so on."""

    rows: int
    items: int
    page: int
    campaigns: int
    days: int


MANY = Size(rows=200, items=120, page=40, campaigns=6, days=20)
FEW = Size(rows=8, items=5, page=3, campaigns=2, days=4)


@contextlib.contextmanager
def serve(chance: random.Random, size: Size = MANY) -> Iterator[Source]:
    """Serve until the block is left."""
    sandbox = GoTom(page_size=size.page)
    secrets = [f"sentinel-{chance.random()}" for _ in range(2)]
    sandbox.add_user(GRAPH_USER, secrets[0], ["reports"])
    sandbox.add_user(API_USER, secrets[1], ["api"])
    with sandbox.serve() as url:
        yield GoTomSource(sandbox, url, secrets, chance, size)


class GoTomSource:
    """The instance.

    Rows that leave a report with a key, or a list, stay in a warehouse, as the API reports no
    deletion. Here they leave only the report without a key, which replaces its table.
    """

    def __init__(
        self,
        sandbox: GoTom,
        url: str,
        secrets: Sequence[str],
        chance: random.Random,
        size: Size,
    ) -> None:
        """Fill the instance."""
        self.sandbox = sandbox
        self._today = datetime.now(UTC).date()
        self._last_day = self._today - timedelta(DAYS_TO_COME)
        self._campaigns = [f"campaign-{number}" for number in range(size.campaigns)]
        self._bookings = [_draw_booking(chance) for _ in range(size.rows)]
        self._turnover = {number: _draw_turnover(chance) for number in range(size.rows)}
        self._delivery = {
            (campaign, self._last_day - timedelta(days)): chance.randrange(1000)
            for days in range(size.days)
            for campaign in self._campaigns
        }
        self.secrets = secrets
        self.streams: Sequence[str] = ()
        self.runs_until_equal = 1
        self.settings: Mapping[str, Any] = {
            "base_url": url,
            "graph_user": GRAPH_USER,
            "graph_secret": secrets[0],
            "api_user": API_USER,
            "api_secret": secrets[1],
            "reports": list(REPORTS),
            "campaign_external_ids": self._campaigns,
            "request_timeout": 20,
            "max_retries": 0,
        }
        data = sandbox.data
        data.entities = {name: items[: size.items] for name, items in data.entities.items()}
        data.prices = {tarif: prices[: size.items] for tarif, prices in data.prices.items()}
        data.customers = data.customers[: size.items]
        data.campaigns.clear()
        for campaign in self._campaigns:
            sandbox.add_campaign(campaign, flights=3)
        self._save()

    def change(self, chance: random.Random) -> None:
        """Change something in the reports, in a list and in a campaign."""
        self._change_reports(chance)
        data = self.sandbox.data
        platforms = data.entities["platform"]
        platforms.append({"id": len(platforms) + 1, "name": f"Neu {chance.random()}"})
        chance.choice(platforms)["name"] = f"Anders {chance.random()}"
        chance.choice(data.prices[7])["price"] = chance.randrange(1000) / 8
        self._change_customers(chance)
        campaign = chance.choice(data.campaigns)
        campaign.content["name"] = f"Herbst {chance.random()}"
        chance.choice(campaign.flights)["units"] = chance.randrange(10**6)

    def list_rows(self) -> Tables:
        """Return the server's data by the names that the README gives to streams and columns."""
        data = self.sandbox.data
        return {
            "bookings": [
                dict(zip(("kunde", "betrag", "bezahlt", "tag"), row, strict=True))
                for row in self._bookings
            ],
            "turnover": [
                {"nummer": number, "kunde": customer, "betrag": amount}
                for number, (customer, amount) in self._turnover.items()
            ],
            "delivery": [
                {"flight": flight, "tag": day, "klicks": clicks}
                for (flight, day), clicks in self._delivery.items()
            ],
            **{stream: data.entities[name] for stream, name in LISTS.items()},
            "tarif_prices": [
                row
                for prices in data.prices.values()
                for row in _convert_items(prices, PRICES_OF, "items")
            ],
            "customers": _convert_items(data.customers, "/app-api/customer", "items"),
            "campaigns": _convert_items((one.content for one in data.campaigns), CAMPAIGN),
            "flights": [
                {"campaignExternalId": campaign.external_id, **row}
                for campaign in data.campaigns
                for row in _convert_items(campaign.flights, CAMPAIGN, "flights")
            ],
        }

    def _change_customers(self, chance: random.Random) -> None:
        """Add a customer, and change others; one without any id would get another key by that."""
        customers = self.sandbox.data.customers
        customers.append(invent_customer(len(customers) + 1))
        known = [customer for customer in customers if customer["externalCrmId"]]
        changed, moved = chance.choice(known), chance.choice(known)
        changed["note"], changed["softDeleted"] = f"Notiz {chance.random()}", True
        moved["addresses"][0]["street"] = f"Seestraße {chance.random()}"

    def _change_reports(self, chance: random.Random) -> None:
        """Add, change and remove bookings, add and change turnover and recent delivery."""
        self._bookings[chance.randrange(len(self._bookings))] = _draw_booking(chance)
        del self._bookings[chance.randrange(len(self._bookings))]
        self._bookings += [_draw_booking(chance) for _ in range(chance.randrange(5))]
        for number in (len(self._turnover), chance.randrange(len(self._turnover))):
            self._turnover[number] = _draw_turnover(chance)
        self._last_day = min(self._last_day + timedelta(1), self._today)
        for campaign in self._campaigns:
            earlier = self._last_day - timedelta(chance.randrange(LOOKBACK_DAYS))
            for day in (earlier, self._last_day):
                self._delivery[campaign, day] = chance.randrange(1000)
        self._save()

    def _save(self) -> None:
        """Save the reports, as text."""
        save = self.sandbox.add_report
        bookings = (
            (customer, str(amount), str(paid).lower(), day.isoformat())
            for customer, amount, paid, day in self._bookings
        )
        save(BOOKINGS, Report.of_rows(("Kunde", "Betrag", "Bezahlt", "Tag"), bookings))
        turnover = (
            (str(number), customer, str(amount))
            for number, (customer, amount) in self._turnover.items()
        )
        save(TURNOVER, Report.of_rows(("Nummer", "Kunde", "Betrag"), turnover))
        delivery = (
            (flight, day.isoformat(), str(clicks))
            for (flight, day), clicks in self._delivery.items()
        )
        save(DELIVERY, Report.of_rows(("Flight", "Tag", "Klicks"), delivery), "custom")


def _draw_booking(chance: random.Random) -> tuple[str, Decimal, bool, date]:
    day = date(2026, 1, 1) + timedelta(chance.randrange(365))
    return (*_draw_turnover(chance), chance.random() < 0.5, day)


def _draw_turnover(chance: random.Random) -> tuple[str, Decimal]:
    customer = chance.choice(("Käserei", 'Magazin "Nord", Süd', "Zeile 1\nZeile 2"))
    return customer, Decimal(chance.randrange(10**6)) / 4


def _convert_items(items: Iterable[Mapping[str, Any]], path: str, *way: str) -> list[Row]:
    """Return the documented fields of items, but for flights, which have a table of their own.

    Args:
        items: The items.
        path: The endpoint that answers with them.
        way: The names of the lists in its answer in which they lie.
    """
    (schema,) = (endpoint.response for endpoint in read_documented() if endpoint.path == path)
    for name in way:
        schema = schema["properties"][name]["items"]
    fields = {name: field for name, field in schema["properties"].items() if name != "flights"}
    return [
        {name: _convert_value(field, item.get(name)) for name, field in fields.items()}
        for item in items
    ]


def _convert_value(schema: Mapping[str, Any], value: Any) -> Any:
    """Return the value of a column: what stands in objects and arrays is JSON."""
    if value is None:
        return None
    if "number" in schema["type"]:
        return Decimal(str(value))
    return date.fromisoformat(value) if schema.get("format") == "date" else value
