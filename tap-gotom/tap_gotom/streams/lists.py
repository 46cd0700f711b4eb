"""What goTom hands out in lists: lookup lists, prices and customers.

Source: goTom's API documentation, ``/app-api/primary-keys/{entity}``,
``/app-api/export/price/tarif/{tarifId}`` and "Customer API".
"""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from typing_extensions import override

from singer_tapkit.child_stream import ChildStream
from tap_gotom.keys import KeyDeduplicator, build_customer_key, build_price_key
from tap_gotom.pagination import ListPage, read_list
from tap_gotom.streams.base import GoTomStream

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

LOOKUPS: Final = {
    "users": "user",
    "tarifs": "tarif",
    "price_types": "priceType",
    "ad_servers": "adServer",
    "campaign_types": "campaignType",
    "extra_price_levels": "extraPriceLevel",
    "platforms": "platform",
    "channels": "channel",
    "media": "media",
    "advertisings": "advertising",
    "flight_position_types": "flightPositionType",
    "flight_tags": "flightTags",
}
"""The lookup lists by stream, with what the API calls their entities."""


class ListStream(GoTomStream):
    """A list that comes in pages.

    Attributes:
        path: Where it is.
    """

    path: str

    @cached_property
    def _list_path(self) -> str:
        return self.path.format(entity=LOOKUPS.get(self.name))

    @override
    def read(self, context: Context | None) -> Iterable[Record]:
        return read_list(self._client, self._list_path, self.read_id)

    def read_id(self, row: Record) -> Hashable:
        """Return what distinguishes a row from those on other pages; None if nothing does."""
        return repr(row.get("id"))

    @override
    def check_connection(self) -> bool:
        return self.may_read(self._list_path, ListPage)


class LookupStream(ListStream):
    """A list of what ids in campaigns and prices stand for."""

    path = "/app-api/primary-keys/{entity}"
    primary_keys = ("id",)
    personal_fields = frozenset({"users.name", "users.email"})
    absences = {HTTPStatus.UNPROCESSABLE_ENTITY: "lists that this instance does not know"}  # noqa: RUF012


class TarifStream(LookupStream):
    """The rate cards, each of which has prices."""

    name = "tarifs"

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context:
        return {"tarif_id": record["id"]}


class TarifPriceStream(GoTomStream, ChildStream):
    """The prices of each rate card by where, what and how is booked."""

    name = "tarif_prices"
    path = "/app-api/export/price/tarif/{tarif_id}"
    primary_keys = ("price_key",)
    parent_stream_type = TarifStream
    state_partitioning_keys = ()
    absences = {HTTPStatus.NOT_FOUND: "tarifs that are gone"}  # noqa: RUF012

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        ids = context or {}
        seen: set[str] = set()
        repeated = 0
        for row in read_list(self._client, self.path.format(**ids)):
            price = row if row.get("tarifId") is not None else {**row, "tarifId": ids["tarif_id"]}
            key = build_price_key(price)
            repeated += key in seen
            seen.add(key)
            yield {"price_key": key, **price}
        if repeated:
            self.logger.warning(
                "%s prices of tarif %s have the same nine ids as another one, and replace it.",
                repeated,
                self.partition_name(context),
            )

    @override
    def check_connection(self) -> bool:
        tarifs = self._client.get_json("/app-api/primary-keys/tarif", ListPage).items
        return any(self.may_read(self.path.format(tarif_id=item.get("id"))) for item in tarifs[:1])


class CustomerStream(ListStream):
    """All companies, also those that are marked as deleted."""

    name = "customers"
    path = "/app-api/customer"
    primary_keys = ("customer_key",)
    personal_fields = frozenset({
        "bankAccountNumber",
        "bankIBANNumber",
        "bankClearingNumber",
        "bankName",
        "contacts",
        "consultants",
        "addresses.sendingRuleAddresses",
    })  # fmt: skip

    @override
    def read_id(self, row: Record) -> Hashable:
        has_id = row.get("externalCrmId") or row.get("externalId")
        return hash(msgspec.json.encode(row)) if has_id else None

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        deduplicate = KeyDeduplicator()
        for customer in super().read(context):
            yield {"customer_key": deduplicate(build_customer_key(customer)), **customer}
