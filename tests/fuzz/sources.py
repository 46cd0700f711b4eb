"""The services that the taps read, with a few rows of each kind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import APP, AppArena, Owner, Quirks, seeds
from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter, Hit
from tests.sandbox.gotom import GoTom, Report
from tests.sandbox.gotom.customers import invent_customer
from tests.sandbox.studio_openapi import StudioOpenApi
from tests.sandbox.studio_openapi.moments import format_with_offset, to_moment
from tests.sandbox.studio_openapi.quirks import ShortChunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.sandbox.sandbox import Sandbox
    from tests.sandbox.studio_openapi import Studio

PERSON = "Quidam"
"""The beginnings of fields about people."""
SECRET = "fuzz-secret-sentinel"  # noqa: S105
PAGE = 3
"""How many rows a page has."""
HOSTS = ("127.0.0.1", "localhost")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0",
)
MADE_UP_FROM = frozenset(
    {
        *("companyId", "platformId", "channelId", "mediaId", "advertisingId", "tarifGroupId"),
        *("priceTypeId", "extraPriceLevelId", "runtime", "units"),
        *("externalCrmId", "externalId", "firm", "statusEc", "mwst"),
    }
)
"""The fields from which the keys of goTom's prices, flights and customers are made up."""
REPORTS: tuple[dict[str, Any], ...] = (
    {"name": "bookings", "report_id": 46, "columns": {"Betrag": "number", "Tag": "date"}},
    {"name": "turnover", "report_id": 47, "primary_keys": ["Nummer"], "skip_unchanged": True},
    {
        "name": "delivery",
        "report_id": 48,
        "kind": "custom",
        "primary_keys": ["Flight", "Tag"],
        "columns": {"Flight": "string", "Tag": "date", "Klicks": "integer"},
        "replication_key": "Tag",
        "lookback_days": 1,
    },
)


@dataclass(frozen=True)
class Source:
    """A fake service and how a tap reads it.

    Attributes:
        sandbox: The service.
        settings: The tap's settings, except for the address.
        refusals: The service's own errors.
        counters: The fields of answers that state how many rows there are.
        optional: The fields that are a part of keys though they may be null.
        streams: The streams to read; none stands for all.
        unread: Words that the names of streams begin with that the service does not have.
    """

    sandbox: Sandbox
    settings: Callable[[str], dict[str, Any]]
    refusals: Sequence[Answer]
    counters: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    streams: tuple[str, ...] = ()
    unread: str = "-"


def build_apparena(mode: str, *, grown: bool) -> Source:
    """Build an agency with a few apps."""
    sandbox = AppArena(quirks=Quirks(audit=True, own_company_is_customer=True))
    sandbox.add_key(SECRET, store_owner=True)
    data = sandbox.data
    data.apps = dict(list(data.apps.items())[:5])
    kept = {seeds.STORE, seeds.COMPANY, seeds.CUSTOMER, *list(data.companies)[:6]}
    data.companies = {number: row for number, row in data.companies.items() if number in kept}
    for row in data.companies.values():
        row["address1"] = f"{PERSON}gasse {row['companyId']}"
    for number in range(2):
        data.add_user(
            seeds.COMPANY,
            email=f"{PERSON}{number}@example.com",
            firstName=PERSON,
            lastName=f"{PERSON} {number}",
            displayname=PERSON,
        )
    if grown:
        apps = [data.add_app(seeds.TEMPLATE_ID, name=f"New {number}") for number in range(4)]
        data.add_template(seeds.PROJECT, seeds.VARIANT, name="New")
        data.add_project(seeds.COMPANY)
        data.add_company(seeds.COMPANY, name="New")
        if mode == "full":
            data.add_language(Owner(APP, apps[0]["appId"]), "en_US")
    return Source(
        sandbox,
        lambda url: {
            "api_url": url,
            "api_key": SECRET,
            "incremental_mode": mode,
            "page_size": PAGE,
            "max_retries": 2,
        },
        _make_refusals(lambda status: {"status": status, "message": "No."}),
        frozenset({"total_items"}),
        frozenset(),
        () if mode == "full" else ("apps", "templates", "projects", "customers"),
    )


def build_goatcounter(generation: Generation, *, grown: bool) -> Source:
    """Build a site or two with the visits of two days."""
    hosts = HOSTS[: 1 if generation is Generation.V2_7 else 2]
    # a server does not give the id of an export twice
    sandbox = GoatCounter(generation, limits=UNLIMITED, first_export_id=1001 if grown else 1)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    main = sandbox.add_site(HOSTS[0])
    others = [sandbox.add_site(host, parent=main.id) for host in hosts[1:]]
    for site in (main, *others):
        site.created_at = midnight - timedelta(days=3)  # the same in all runs of a trial
    sites = [main.id, *(site.id for site in others)]
    token = sandbox.add_token(name=SECRET)
    for site_id in sites:
        sandbox.add_hits(site_id, _make_hits(midnight - timedelta(days=2), 6))
    for site_id in sites if grown else ():
        sandbox.add_hits(site_id, _make_hits(midnight - timedelta(hours=19), 3))
    return Source(
        sandbox,
        lambda url: {
            "sites": [{"site_url": url.replace(HOSTS[0], host), "token": token} for host in hosts],
            "start_date": (midnight - timedelta(days=2)).date().isoformat(),
            "stats_lookback_days": 1,
            "requests_per_second": 1000,
            "requests_per_hour": 0,
            "max_retries": 2,
        },
        _make_refusals(lambda _: {"error": "No."}),
        unread="json_" if generation is Generation.V2_7 else "-",
    )


def _make_hits(start: datetime, count: int) -> list[Hit]:
    """Make hits in steps of five hours."""
    return [
        Hit(
            path=("/", "/ü", "signup")[number % 3],
            title=f"{PERSON} {number % 3}",
            event=number % 3 == 2,
            session=f"session {start} {number // 2}",
            created_at=start + timedelta(hours=5 * number),
            user_agent=AGENTS[number % 2],
            location=("DE", "")[number % 2],
            ref=("", "blog.example")[number % 2],
            query="" if number else "utm_source=letter&utm_campaign=autumn",
            size=("390", "1366")[number % 2],
        )
        for number in range(count)
    ]


def build_gotom(*, grown: bool) -> Source:
    """Build an instance with reports of each way of loading, short lists and two campaigns."""
    sandbox = GoTom(page_size=PAGE)
    sandbox.add_user("graph_user", SECRET, ["reports"])
    sandbox.add_user("api_user", SECRET, ["api"])
    data = sandbox.data
    rows = 5 + grown
    data.entities = {name: items[:rows] for name, items in data.entities.items()}
    data.prices = {tarif: prices[:rows] for tarif, prices in data.prices.items()}
    data.customers = [
        invent_customer(number, firm=f"{PERSON} {number}") for number in range(1, rows + 2)
    ]
    for customer in data.customers:
        for contact in customer["contacts"]:
            contact["peopleLastname"] = contact["peopleEmail"] = PERSON
    for user in data.entities["user"]:
        user["name"] = user["email"] = f"{PERSON} {user['id']}"
    data.campaigns.clear()
    for number in range(2 + grown):
        sandbox.add_campaign(f"fuzz-{number}", flights=2)
    _save_reports(sandbox, 8 + 3 * grown)
    return Source(
        sandbox,
        lambda url: {
            "base_url": url,
            "graph_user": "graph_user",
            "graph_secret": SECRET,
            "api_user": "api_user",
            "api_secret": SECRET,
            "reports": list(REPORTS),
            "campaign_external_ids": ["fuzz-0", "fuzz-1", *(["fuzz-2"] if grown else [])],
            "include_personal_data": True,
            "max_retries": 2,
        },
        _make_refusals(lambda _: {"message": "No."}),
        frozenset({"totalItems"}),
        MADE_UP_FROM,
    )


def _save_reports(sandbox: GoTom, rows: int) -> None:
    today = datetime.now(UTC).date()
    days = [(today - timedelta(20 - number // 2)).isoformat() for number in range(rows)]
    bookings = [(f"{PERSON} {row}", f"{row}.25", days[row]) for row in range(rows)]
    sandbox.add_report(46, Report.of_rows(("Kunde", "Betrag", "Tag"), bookings))
    turnover = [(str(row), f'{PERSON} "{row}", Süd') for row in range(rows)]
    sandbox.add_report(47, Report.of_rows(("Nummer", "Kunde"), turnover))
    delivery = [(f"f-{row % 2}", days[row], str(row)) for row in range(rows)]
    sandbox.add_report(48, Report.of_rows(("Flight", "Tag", "Klicks"), delivery), "custom")


def build_studio_openapi(*, grown: bool) -> Source:
    """Build a tenant of two studios with a few customers."""
    sandbox = StudioOpenApi(version="1.17.1")
    sandbox.quirks["/v1/customers"] = ShortChunks(PAGE - 1)
    keys = [f"{SECRET}-{number}" for number in range(2)]
    for number, key in enumerate(keys):
        studio = sandbox.add_studio(
            key, f"Kiel {number}", customers=3, checkins_each=0, class_count=2
        )
        _fill(studio, 6)
        if grown and not number:
            studio.add_customer(status="MEMBER")
            _fill(studio, 1)
    return Source(
        sandbox,
        lambda url: {
            "connections": [
                {"name": f"Kiel {number}", "base_url": url, "api_key": key}
                for number, key in enumerate(keys)
            ],
            "start_date": (sandbox.today() - timedelta(20)).isoformat(),
            "checkin_lookback_days": 1,
            "class_slot_days": 2,
            "include_personal_data": True,
            "requests_per_minute": 10**6,
            "max_retries": 2,
        },
        _make_refusals(
            lambda status: {"errorMessage": "No.", "errorCode": f"error.{status}", "traceId": "1"}
        ),
    )


def _fill(studio: Studio, days_ago: int) -> None:
    """Name people, and let each customer visit a number of days ago."""
    del studio.employees[4:]
    for employee in studio.employees:
        employee["firstname"] = employee["lastname"] = PERSON
    for place, customer in enumerate(studio.customers):
        studio.customers[customer].update(firstName=PERSON, lastName=f"{PERSON} {customer}")
        begun = to_moment(studio.today - timedelta(days_ago), 6 + place)
        visits = studio.checkins[customer]
        visits.append(
            {
                "checkinId": 1000 * place + len(visits),
                "checkInDateTime": format_with_offset(begun),
                "checkOutDateTime": format_with_offset(begun + timedelta(hours=1)),
                "studioId": studio.id,
                "studioName": studio.name,
            }
        )


def _make_refusals(body_of: Callable[[int], Mapping[str, object]]) -> list[Answer]:
    """Make the errors of a service, as JSON."""
    return [
        Answer(status, json.dumps(body_of(status)), {"Content-Type": "application/json"})
        for status in (401, 403, 404, 429, 500)
    ]


def list_variants() -> Iterator[tuple[str, Callable[..., Source]]]:
    """Yield each tap with each of the services that it may read."""
    for generation in Generation:
        yield "tap-goatcounter", partial(build_goatcounter, generation)
    yield "tap-gotom", build_gotom
    yield "tap-studio-openapi", build_studio_openapi
    full, new_ids = (partial(build_apparena, mode) for mode in ("full", "new_ids"))
    for build in (full, full, new_ids):
        yield "tap-apparena", build


def select_variants(tap: str) -> list[Callable[..., Source]]:
    """Return the services that a tap may read."""
    return [build for name, build in list_variants() if name == tap]


TAPS = list(dict.fromkeys(name for name, _ in list_variants()))
