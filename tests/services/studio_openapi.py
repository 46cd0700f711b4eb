"""Two studios of a tenant, where members join, visit and leave."""

from __future__ import annotations

import contextlib
import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import Limit, StudioOpenApi
from tests.sandbox.studio_openapi.endpoints import load_endpoints
from tests.sandbox.studio_openapi.members import sketch_for_contract
from tests.sandbox.studio_openapi.moments import format_with_offset, to_moment
from tests.sandbox.studio_openapi.quirks import ShortChunks

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tests.sandbox.studio_openapi import Studio
    from tests.sandbox.studio_openapi.endpoints import Schema
    from tests.services.source import Row, Source, Tables

STUDIOS = ("Kiel Nord", "Lübeck")
CUSTOMERS = 25
EMPLOYEES = 70
STATUSES = ("PROSPECT", "MEMBER", "FORMER_MEMBER")
"""In the order in which the tap reads, and in which customers change."""
CHUNK = 6
"""How many customers a chunk has, which is fewer than the tap asks for."""
DAYS = 60
"""How far back visits go."""
VISITS = 6
"""The most that a customer has at first."""
LOOKBACK_DAYS = 5
"""The tap asks again for so many days before its last run."""
CUSTOMER = "/v1/customers"
CONTRACT = "/v1/customers/{customerId}/contracts"
CHECKIN = "/v1/customers/{customerId}/activities/checkins"
IDLE_TIME = "/v1/memberships/{contractId}/self-service/idle-periods/remaining"


@contextlib.contextmanager
def serve(
    chance: random.Random,
    *,
    customers: int = CUSTOMERS,
    employees: int = EMPLOYEES,
    classes: int = 6,
    chunk: int = CHUNK,
) -> Iterator[Source]:
    """Serve until the block is left, with so many of these in each studio."""
    tenant = StudioOpenApi(version="1.12.1", limit=Limit(per_minute=math.inf))
    tenant.contracts_without_status = chance.choice((None, "ACTIVE"))
    tenant.quirks["/v1/customers"] = ShortChunks(chunk)
    keys = {name: f"sentinel-{chance.random()}" for name in STUDIOS}
    for name, key in keys.items():
        studio = tenant.add_studio(
            key, name, customers=customers, checkins_each=0, class_count=classes
        )
        del studio.employees[employees:]
    with tenant.serve() as url:
        yield StudioSource(tenant, url, keys, chance)


class StudioSource:
    """The tenant.

    A run takes up the list of customers where a killed run was, and leaves what has changed
    before that place to the next. Nobody is deleted, as the API reports no deletion.
    """

    def __init__(
        self, tenant: StudioOpenApi, url: str, keys: Mapping[str, str], chance: random.Random
    ) -> None:
        """Let customers come and go for some weeks."""
        self.sandbox = tenant
        self._visits = 0
        self.secrets: Sequence[str] = list(keys.values())
        self.runs_until_equal = 2
        self.streams: Sequence[str] = list(self.list_rows())
        self.settings: Mapping[str, Any] = {
            "connections": [
                {"name": name, "base_url": url, "api_key": key} for name, key in keys.items()
            ],
            "customer_statuses": STATUSES,
            "start_date": (tenant.today() - timedelta(DAYS)).isoformat(),
            "checkin_lookback_days": LOOKBACK_DAYS,
            "requests_per_minute": 10**6,
            "request_timeout": 20,
            "max_retries": 0,
        }
        for studio in tenant.studios:
            for customer in studio.customers:
                for _ in range(chance.randint(0, VISITS)):
                    self._visit(studio, customer, chance.randint(1, DAYS - 1), chance)

    def change(self, chance: random.Random) -> None:
        """Let customers join, visit, change their status, and end contracts, all in one studio."""
        studio = chance.choice(self.sandbox.studios)
        joined = studio.add_customer(status=chance.choice(STATUSES))
        customers = list(studio.customers)
        for customer in (joined["id"], *chance.choices(customers, k=10)):
            self._visit(studio, customer, chance.randint(1, LOOKBACK_DAYS - 1), chance)
        studio.customers[chance.choice(customers)]["lastName"] = f"Neumann {chance.random()}"
        self._change_status(studio, chance.choice(customers))
        for contract in studio.contracts[chance.choice(customers)]:
            ended = self.sandbox.today().isoformat()
            contract.update(cancelled=True, contractStatus="INACTIVE", endDate=ended)
        chance.choice(studio.employees)["email"] = f"{chance.random()}@studio.example"

    def list_rows(self) -> Tables:
        """Return the server's data, with the types that the API's documentation gives them."""
        return {
            "studio": self._list_for_each_studio(
                "/v1/studios/information", lambda studio: [studio.information]
            ),
            "employees": self._list_for_each_studio(
                "/v1/employees", lambda studio: studio.employees
            ),
            "classes": self._list_for_each_studio(
                "/v1/classes", lambda studio: studio.classes[:-1]
            ),
            "customers": self._list_for_each_studio(
                CUSTOMER, lambda studio: studio.customers.values()
            ),
            **self._list_rows_of_customers(),
        }

    def _list_rows_of_customers(self) -> Tables:
        contracts: list[Row] = []
        visits: list[Row] = []
        idle_times: list[Row] = []
        for studio in self.sandbox.studios:
            for customer in studio.customers:
                ids = {"studio_id": studio.id, "customer_id": customer}
                visits += [
                    {**ids, **_convert_records(CHECKIN, visit)}
                    for visit in studio.checkins.peek(customer)
                ]
                for contract in studio.contracts.peek(customer):
                    number = contract["id"]
                    idle_time = sketch_for_contract(IDLE_TIME, studio, number)
                    contracts.append({**ids, **_convert_records(CONTRACT, contract)})
                    idle_times.append(
                        {**ids, "contract_id": number, **_convert_records(IDLE_TIME, idle_time)}
                    )
        return {
            "customer_contracts": contracts,
            "customer_checkins": visits,
            "contract_remaining_idle_periods": idle_times,
        }

    def _visit(self, studio: Studio, customer: int, days_ago: int, chance: random.Random) -> None:
        """Let a customer come for a visit; whoever was there lately is seen to have left."""
        today, visits = self.sandbox.today(), studio.checkins[customer]
        lately = (today - timedelta(LOOKBACK_DAYS - 1)).isoformat()
        if visits and visits[-1]["checkInDateTime"] >= lately:
            visits[-1]["checkOutDateTime"] = visits[-1]["checkInDateTime"]
        begun = to_moment(today - timedelta(days_ago), chance.randint(6, 22))
        self._visits += 1
        visits.append(
            {
                "checkinId": self._visits,
                "checkInDateTime": format_with_offset(begun),
                "checkOutDateTime": chance.choice(
                    (None, format_with_offset(begun + timedelta(hours=1)))
                ),
                "studioId": studio.id,
                "studioName": studio.name,
            }
        )

    def _change_status(self, studio: Studio, customer: int) -> None:
        """Let a prospect join, or a member leave, with the same contracts as before."""
        _ = studio.contracts[customer]
        place = STATUSES.index(studio.status_of(customer))
        studio.customers[customer]["status"] = STATUSES[min(place + 1, len(STATUSES) - 1)]

    def _list_for_each_studio(
        self, endpoint: str, records: Callable[[Studio], Iterable[Row]]
    ) -> list[Row]:
        return [
            {"studio_id": studio.id, **_convert_records(endpoint, record)}
            for studio in self.sandbox.studios
            for record in records(studio)
        ]


def _convert_records(endpoint: str, record: Row) -> Row:
    """Return all that an endpoint's records have, but for links that expire."""
    properties = load_endpoints()[endpoint].record["properties"]
    return {
        name: _convert_value(schema, record.get(name))
        for name, schema in properties.items()
        if not name.lower().endswith("url")
    }


def _convert_value(schema: Schema, value: Any) -> Any:
    """Return the value of a column: what stands in objects and arrays is JSON."""
    if value is None:
        return None
    match schema:
        case {"type": "number"}:
            return Decimal(str(value))
        case {"format": "date"}:
            return date.fromisoformat(value)
        case {"format": "date-time"}:
            return datetime.fromisoformat(_remove_zone(value))
    return _convert_json(schema, value)


def _convert_json(schema: Schema, value: Any) -> Any:
    """Return a value as JSON, in which texts are texts and moments have no name of their zone."""
    if value is None:
        return None
    match schema:
        case {"type": "object", "properties": fields}:
            return {name: _convert_json(fields[name], inner) for name, inner in value.items()}
        case {"type": "array", "items": items}:
            return [_convert_json(items, inner) for inner in value]
        case {"format": "date-time"}:
            return _remove_zone(value)
        case {"type": "string"}:
            return str(value)
    return value


def _remove_zone(moment: str) -> str:
    return moment.partition("[")[0]
