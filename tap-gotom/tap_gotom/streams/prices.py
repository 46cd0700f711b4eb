"""The prices of the rate cards."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from singer_sdk import typing as th
from typing_extensions import override

from tap_gotom.keys import price_key
from tap_gotom.streams.base import GoTomStream
from tap_gotom.streams.lookups import Tarifs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class TarifPrices(GoTomStream):
    """The prices of each rate card by where, what and how is booked."""

    name = "tarif_prices"
    path = "/app-api/export/price/tarif/{tarif_id}"
    parent_stream_type = Tarifs
    state_partitioning_keys = ()
    primary_keys = ("price_key",)
    absences = {HTTPStatus.NOT_FOUND: "tarifs that are gone"}  # noqa: RUF012
    properties = th.PropertiesList(
        th.Property(
            "price_key",
            th.StringType,
            required=True,
            description="The nine ids of the row, joined in the order of the fields.",
        ),
        th.Property("tarifId", th.IntegerType),
        th.Property("tarif", th.StringType),
        th.Property("companyId", th.IntegerType),
        th.Property("company", th.StringType),
        th.Property("platformId", th.IntegerType),
        th.Property("platform", th.StringType),
        th.Property("channelId", th.IntegerType),
        th.Property("channel", th.StringType),
        th.Property("mediaId", th.IntegerType),
        th.Property("media", th.StringType),
        th.Property("advertisingId", th.IntegerType),
        th.Property("advertising", th.StringType),
        th.Property("tarifGroupId", th.IntegerType),
        th.Property("tarifGroup", th.StringType),
        th.Property("priceTypeId", th.IntegerType),
        th.Property("priceType", th.StringType),
        th.Property("extraPriceLevelId", th.IntegerType),
        th.Property("extraPriceLevel", th.StringType),
        th.Property("price", th.NumberType, description="In a currency that goTom does not tell."),
    )

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        seen: set[str] = set()
        repeated = 0
        for price in super().read(context):
            key = price_key(price)
            repeated += key in seen
            seen.add(key)
            yield {"price_key": key, **price}
        if repeated:
            self.logger.warning(
                "%s prices of tarif %s have the same nine ids as another one, and replace it.",
                repeated,
                (context or {})["tarif_id"],
            )
