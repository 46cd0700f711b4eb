"""One request that has found its endpoint and may use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi import problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tests.sandbox.studio_openapi.endpoints import Endpoint
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio
    from tests.sandbox.studio_openapi.studio_open_api import StudioOpenApi


@dataclass(frozen=True)
class Call:
    """What the request is about."""

    tenant: StudioOpenApi
    studio: Studio
    """What the key opens."""
    endpoint: Endpoint
    arguments: Mapping[str, Any]
    """Its parameters, by name."""

    @property
    def today(self) -> date:
        """The day where the studio is."""
        return self.tenant.today()

    @property
    def customer_id(self) -> int:
        """The customer asked about.

        Raises:
            ProblemError: The studio has none with that id, or none that may be read.
        """
        return self.check_customer(self.arguments["customerId"])

    def check_customer(self, customer_id: int) -> int:
        """Return the id of a customer who may be read.

        Raises:
            ProblemError: As for ``customer_id``.
        """
        if customer_id not in self.studio.customers:
            raise problems.not_found()
        if customer_id in self.studio.opted_out:
            raise problems.forbidden(problems.OPTED_OUT)
        return customer_id

    def one_of(self, records: Iterable[Record], number: int) -> Record:
        """Return the record with an id.

        Raises:
            ProblemError: There is none.
        """
        found = next((record for record in records if record["id"] == number), None)
        if found is None:
            raise problems.not_found()
        return found
