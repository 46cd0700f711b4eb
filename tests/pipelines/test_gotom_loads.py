"""What arrives of a goTom: lists, customers and campaigns, reports with keys and without."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from tests.pipelines.pipeline import Pipeline
from tests.sandbox.gotom import GoTom, Report, demonstration
from tests.sandbox.gotom.customers import invented

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.meltano import Project
    from tests.pipelines.warehouses import Warehouse

Row: TypeAlias = "dict[str, Any]"

LISTS = ("users", "ad_servers", "media", "flight_position_types", "customers")
STREAMS = (*LISTS, "campaigns", "flights")
ENTITIES = {
    "users": "user",
    "ad_servers": "adServer",
    "media": "media",
    "flight_position_types": "flightPositionType",
}
HEADER = ("Buchung", "Kampagne", "Umsatz", "Tag")
COLUMNS = {"Buchung": "integer", "Kampagne": "string", "Umsatz": "number", "Tag": "date"}
FIRST = (
    ("1", 'Frühling "Seen"', "1.5", "2026-03-01"),
    ("2", "zwei\nZeilen, Zürich", "-2", "2026-03-02"),
    ("3", "drei", "", ""),
)
SECOND = (
    FIRST[0],
    ("2", "umbenannt", "2.25", "2026-03-02"),
    ("4", "neu", "12345678.5", "2026-03-04"),
)

into_databases = pytest.mark.parametrize("warehouse", ["duckdb", "postgres"], indirect=True)
into_postgresql = pytest.mark.parametrize("warehouse", ["postgres"], indirect=True)


@dataclass(frozen=True)
class InstancePipeline(Pipeline):
    """A pipeline that reads one instance."""

    server: GoTom = field(repr=False)

    def live(self, table: str) -> list[Row]:
        """Read the rows of a table that are not marked as deleted, by names in small letters."""
        rows = [
            {name.lower(): value for name, value in row.items()}
            for row in self.warehouse.read(table)
        ]
        return [row for row in rows if row.get("_sdc_deleted_at") is None]

    def save(self, rows: Iterable[Sequence[str]]) -> None:
        """Save the report, or replace it."""
        self.server.add_report(demonstration.GRAPH_REPORT, Report.of_rows(HEADER, rows))


@pytest.fixture
def pipeline(
    project: Project, warehouse: Warehouse, state: dict[str, str]
) -> Iterator[InstancePipeline]:
    warehouse.schema = "tap_gotom"
    server = GoTom()
    demonstration.fill(server)
    with server.serve() as url:
        settings = {**state, "TAP_GOTOM_BASE_URL": url, "TAP_GOTOM_MAX_RETRIES": "0"}
        yield InstancePipeline(project, "tap-gotom", warehouse, settings, server)


def api() -> dict[str, str]:
    """The settings for everything but reports."""
    return {
        "TAP_GOTOM_API_USER": demonstration.API_USER,
        "TAP_GOTOM_API_SECRET": demonstration.API_SECRET,
        "TAP_GOTOM_CAMPAIGN_EXTERNAL_IDS": json.dumps(demonstration.CAMPAIGNS),
        "TAP_GOTOM__SELECT": json.dumps([f"{stream}.*" for stream in STREAMS]),
    }


def report(**more: Any) -> dict[str, str]:
    """The settings for one report."""
    entry = {"name": "sales", "report_id": demonstration.GRAPH_REPORT, "columns": COLUMNS, **more}
    return {
        "TAP_GOTOM_GRAPH_USER": demonstration.GRAPH_USER,
        "TAP_GOTOM_GRAPH_SECRET": demonstration.GRAPH_SECRET,
        "TAP_GOTOM_REPORTS": json.dumps([entry]),
    }


@into_databases
def test_lists_customers_and_campaigns_are_as_at_the_source_after_each_run(
    pipeline: InstancePipeline,
) -> None:
    pipeline.run(**api())
    for stream in STREAMS:
        assert_holds(pipeline.live(stream), expected(pipeline.server, stream))

    data = pipeline.server.data
    data.entities["media"][0]["name"] = "Display «neu»"
    data.entities["user"].append({"id": 90, "name": "Neu", "email": "neu@acme.example"})
    data.customers[0]["note"] = "Wants invoices by mail."
    data.customers[1]["addresses"][0]["street"] = "Seestraße"
    data.customers.append(invented(999))
    campaign = data.campaign(demonstration.CAMPAIGNS[0])
    assert campaign is not None
    campaign.content["name"] = "Umbenannt"
    campaign.flights[0]["units"] = 7
    pipeline.run(**api())

    for stream in STREAMS:
        assert_holds(pipeline.live(stream), expected(pipeline.server, stream))


@into_databases
def test_rows_of_a_report_with_keys_replace_those_of_the_same_key(
    pipeline: InstancePipeline,
) -> None:
    settings = report(primary_keys=["Buchung"])
    pipeline.save(FIRST)
    pipeline.run(**settings)
    assert_holds(pipeline.live("sales"), typed(FIRST))

    pipeline.save(SECOND)
    pipeline.run(**settings)

    assert_holds(pipeline.live("sales"), typed((*SECOND, FIRST[2])))


@into_postgresql
@pytest.mark.parametrize("hard_delete", ["true", "false"])
def test_a_report_without_keys_replaces_its_table(
    pipeline: InstancePipeline, hard_delete: str
) -> None:
    settings = {**report(), "TARGET_POSTGRES_HARD_DELETE": hard_delete}
    pipeline.save(FIRST)
    pipeline.run(**settings)
    assert_holds(pipeline.live("sales"), typed(FIRST))

    pipeline.save(SECOND)
    pipeline.run(**settings)

    assert_holds(pipeline.live("sales"), typed(SECOND))
    gone = len(list(pipeline.warehouse.read("sales"))) - len(SECOND)
    assert gone == (0 if hard_delete == "true" else len(FIRST))


@into_postgresql
@pytest.mark.parametrize("trouble", ["failed", "cut off", "skipped", "empty", "misfit"])
def test_only_a_complete_report_replaces_the_table(
    pipeline: InstancePipeline, trouble: str
) -> None:
    settings = {**report(skip_unchanged=True), "TARGET_POSTGRES_HARD_DELETE": "true"}
    pipeline.save(FIRST)
    pipeline.run(**settings)
    before = list(pipeline.warehouse.read("sales"))
    content = Report.of_rows(HEADER, SECOND).content
    number = demonstration.GRAPH_REPORT
    match trouble:
        case "failed":
            pipeline.server.add_report(number, Report.of_page("Error", 500))
        case "cut off":
            pipeline.server.add_report(number, Report(content, ends_after=60))
        case "empty":
            pipeline.save(())
        case "misfit":
            pipeline.save((*SECOND, ("5", "fünf", "1'000", "")))

    if trouble in {"skipped", "empty"}:
        pipeline.run(**settings)
    else:
        pipeline.fail(**settings)

    assert list(pipeline.warehouse.read("sales")) == before
    assert_holds(pipeline.live("sales"), typed(FIRST))

    pipeline.save(SECOND)
    pipeline.run(**settings)
    assert_holds(pipeline.live("sales"), typed(SECOND))


def expected(server: GoTom, stream: str) -> list[Row]:
    """Give what a stream's table ought to hold, as the instance has it."""
    if stream in ENTITIES:
        return server.data.entities[ENTITIES[stream]]
    if stream == "customers":
        return server.data.customers
    found = [server.data.campaign(name) for name in demonstration.CAMPAIGNS]
    contents = [campaign.content for campaign in found if campaign]
    if stream == "campaigns":
        return [
            {name: value for name, value in content.items() if name != "flights"}
            for content in contents
        ]
    return [
        {
            **{
                name: flight[name]
                for name in flight
                if name not in {"externalId", "bruttoPriceUnit"}
            },
            "campaignExternalId": content["externalId"],
        }
        for content in contents
        for flight in content["flights"]
    ]


def typed(rows: Iterable[Sequence[str]]) -> list[Row]:
    """Give what rows of the report become."""
    return [
        {
            "_report_id": demonstration.GRAPH_REPORT,
            "buchung": int(number),
            "kampagne": name,
            "umsatz": float(amount) if amount else None,
            "tag": day or None,
        }
        for number, name, amount, day in rows
    ]


def assert_holds(rows: list[Row], wanted: list[Row]) -> None:
    """Assert that a table holds these rows; whatever columns it has beside theirs is its matter."""
    names = {name for row in wanted for name in row}
    found = [{name: row[name.lower()] for name in names} for row in rows]
    assert canonical(found, names) == canonical(wanted, names)


def canonical(rows: Iterable[Row], names: Iterable[str]) -> list[str]:
    """Give rows such that they are equal wherever the targets' own ways make no difference."""
    return sorted(
        json.dumps({name: _plain(row.get(name)) for name in names}, sort_keys=True) for row in rows
    )


def _plain(value: Any) -> Any:
    """Give a value as JSON has it: targets take empty text for null, and keep objects as text."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        value = json.loads(value)
    if isinstance(value, dict):
        plain = {name: _plain(item) for name, item in value.items()}
        return {name: item for name, item in plain.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    return None if value == "" else value
