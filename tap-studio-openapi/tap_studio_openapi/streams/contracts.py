"""The contracts, and what the API has about one contract at a time: its idle periods.

Source: the API's documentation, sections "Customers" and "Membership Self-service".
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec
from typing_extensions import override

from tap_studio_openapi.streams.base import ObjectStream, PerParentStream
from tap_studio_openapi.streams.customers import PerCustomerStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Record

    from tap_studio_openapi.streams.base import Ids

MAX_COMPARED: Final = 100


@dataclass
class InactiveContracts:
    """Whether a server returns inactive contracts unasked, which the API does not document.

    Attributes:
        may_be_missing: Whether they have to be asked for by themselves.
    """

    may_be_missing: bool = True
    _compared: int = 0
    _are_missing: bool = False

    def compare(self, unasked: list[Record], inactive: list[Record]) -> None:
        """Learn from the contracts of a customer: those returned unasked, and the inactive ones."""
        self._compared += 1
        ids = [contract.get("id") for contract in unasked]
        if any(contract.get("id") not in ids for contract in inactive):
            self._are_missing = True
        self.may_be_missing = self._are_missing or not (inactive or self._compared >= MAX_COMPARED)


class CustomerContracts(PerCustomerStream):
    """The main contracts, with flat-fee and module contracts in them."""

    child_id = "contract_id"

    @cached_property
    def _servers(self) -> dict[str, InactiveContracts]:
        """What is known of each server."""
        return defaultdict(InactiveContracts)

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        path = self.format_path(ids)
        found = list(self.fetch_list(ids, path))
        server = self._servers[self.get_studio(ids).connection.url]
        if server.may_be_missing:
            inactive = list(self.fetch_list(ids, path, status="INACTIVE"))
            server.compare(found, inactive)
            found += inactive
        return found


class PerContractStream(PerParentStream):
    """A list per contract."""

    parent_stream_type = CustomerContracts


class ObjectPerContractStream(PerContractStream, ObjectStream):
    """An object per contract."""


class IdlePeriodLists(msgspec.Struct, rename="camel"):
    """The idle periods of a contract, in two lists.

    Attributes:
        past_idle_periods: Those that are over.
        current_and_upcoming_idle_periods: All others.
    """

    past_idle_periods: list[dict[str, Any]]
    current_and_upcoming_idle_periods: list[dict[str, Any]]


class ContractIdlePeriods(PerContractStream):
    """The idle periods of both of a contract's lists."""

    @override
    def fetch(self, ids: Ids) -> Iterator[Record]:
        path = self.format_path(ids)
        lists = self.api.get_json(self.get_studio(ids), path, IdlePeriodLists)
        for period in lists.past_idle_periods:
            yield {**period, "list": "past"}
        for period in lists.current_and_upcoming_idle_periods:
            yield {**period, "list": "current"}
