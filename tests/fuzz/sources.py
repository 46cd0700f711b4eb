"""The services that the taps read, with a few rows of each kind, some of them about people."""

from __future__ import annotations

import contextlib
import json
import random
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import seeds
from tests.sandbox.faults import Answer
from tests.sandbox.goatcounter import Generation
from tests.services import apparena, goatcounter, gotom, studio_openapi
from tests.services.source import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tests.sandbox.apparena import AppArena
    from tests.sandbox.gotom import GoTom
    from tests.sandbox.studio_openapi import StudioOpenApi
    from tests.services.source import Source

PAGE = 3
"""How many rows a page has."""
CHANGES = 2
"""How often a service changes until it is grown."""
MADE_UP_FROM = frozenset(
    {
        *("companyId", "platformId", "channelId", "mediaId", "advertisingId", "tarifGroupId"),
        *("priceTypeId", "extraPriceLevelId", "runtime", "units"),
        *("externalCrmId", "externalId", "firm", "statusEc", "mwst"),
    }
)
"""The fields from which the keys of goTom's prices, flights and customers are made up."""


@dataclass(frozen=True, eq=False)
class Variant:
    """A tap and a service that it may read.

    Attributes:
        tap: The tap.
        start: Serves the service.
        error: Makes the body of its own errors.
        name_people: Puts people into its data.
        settings: Settings beside those of the service.
        when_grown: Further options of `start` for a service whose data have grown.
        streams: The streams to read; none stands for all.
        unread: What the names of streams begin with that the service does not have.
        counters: The fields of responses that state how many rows there are.
        optional: The fields that are a part of keys though they may be null.
    """

    tap: str
    start: Callable[..., AbstractContextManager[Source]]
    error: Callable[[int], Mapping[str, object]]
    name_people: Callable[[Any], None] = lambda _: None
    settings: Mapping[str, Any] = field(default_factory=dict)
    when_grown: Mapping[str, Any] = field(default_factory=dict)
    streams: tuple[str, ...] = ()
    unread: str = "-"
    counters: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    @contextlib.contextmanager
    def serve(self, *, grown: bool) -> Iterator[Source]:
        """Serve the same data each time, with some of later or without, until the block is left."""
        chance = random.Random(0)  # noqa: S311
        with self.start(chance, **(self.when_grown if grown else {})) as source:
            self.name_people(source.sandbox)
            for _ in range(CHANGES * grown):
                source.change(chance)
            source.settings = {**source.settings, "max_retries": 2, **self.settings}
            yield source

    @property
    def refusals(self) -> Iterator[Answer]:
        """The service's own errors."""
        for status in (401, 403, 404, 429, 500):
            body = json.dumps(self.error(status))
            yield Answer(status, body, {"Content-Type": "application/json"})


def _name_customers(sandbox: GoTom) -> None:
    data = sandbox.data
    for number, customer in enumerate(data.customers):
        customer["firm"] = f"{PERSON} {number}"
        for contact in customer["contacts"]:
            contact["peopleLastname"] = contact["peopleEmail"] = PERSON
    for user in data.entities["user"]:
        user["name"] = user["email"] = f"{PERSON} {user['id']}"


def _name_members(sandbox: StudioOpenApi) -> None:
    for studio in sandbox.studios:
        for employee in studio.employees:
            employee["firstname"] = employee["lastname"] = PERSON
        for customer in studio.customers:
            studio.customers[customer].update(firstName=PERSON, lastName=f"{PERSON} {customer}")


def _name_users(sandbox: AppArena) -> None:
    data = sandbox.data
    for row in data.companies.values():
        row["address1"] = f"{PERSON}gasse {row['companyId']}"
    for number in range(2):
        email = f"{PERSON}{number}@example.com"
        data.add_user(seeds.COMPANY, email=email, firstName=PERSON, lastName=PERSON)


_APPARENA = partial(apparena.serve, apps=5, customers=4, page=PAGE, store_owner=True)
_FULL, _NEW_IDS = (
    Variant(
        "tap-apparena",
        partial(_APPARENA, modes=[mode]),
        lambda status: {"status": status, "message": "No."},
        _name_users,
        streams=streams,
        counters=frozenset({"total_items"}),
    )
    for mode, streams in (("full", ()), ("new_ids", apparena.LISTS))
)
VARIANTS = (
    *(
        Variant(
            "tap-goatcounter",
            partial(goatcounter.serve, generations=[generation], days=3, visits_a_day=1),
            lambda _: {"error": "No."},
            when_grown={"first_export_id": 1001},  # a server does not give an id twice
            unread="json_" if generation is Generation.V2_7 else "-",
        )
        for generation in Generation
    ),
    Variant(
        "tap-gotom",
        partial(gotom.serve, size=gotom.FEW),
        lambda _: {"message": "No."},
        _name_customers,
        {"include_personal_data": True},
        counters=frozenset({"totalItems"}),
        optional=MADE_UP_FROM,
    ),
    Variant(
        "tap-studio-openapi",
        partial(studio_openapi.serve, customers=3, employees=4, classes=2, chunk=PAGE - 1),
        lambda status: {"errorMessage": "No.", "errorCode": f"error.{status}", "traceId": "1"},
        _name_members,
        {"class_slot_days": 2, "include_personal_data": True},
    ),
    *(_FULL, _FULL, _NEW_IDS),
)
TAPS = list(dict.fromkeys(variant.tap for variant in VARIANTS))
