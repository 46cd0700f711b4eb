"""The lookup lists, which tell what the ids in campaigns and prices stand for.

Source: goTom's API documentation, ``/app-api/primary-keys/{entity}``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from singer_sdk import typing as th
from typing_extensions import override

from tap_gotom.streams.base import GoTomStream

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

ID = th.Property("id", th.IntegerType, required=True, description="The id.")
TEXT_ID = th.Property("id", th.StringType, required=True, description="The id, a text.")
NAME = th.Property("name", th.StringType, description="The name that users see.")


class Lookup(GoTomStream):
    """One list, read page by page."""

    primary_keys = ("id",)
    properties = th.PropertiesList(ID, NAME)
    absences = {HTTPStatus.UNPROCESSABLE_ENTITY: "lists that this instance does not know"}  # noqa: RUF012

    @override
    def check_access(self) -> bool:
        return self.answers()


class Users(Lookup):
    """The users of the instance."""

    name = "users"
    path = "/app-api/primary-keys/user"
    personal = ("name", "email")
    properties = th.PropertiesList(
        ID, NAME, th.Property("email", th.StringType, description="The e-mail address.")
    )


class Tarifs(Lookup):
    """The rate cards."""

    name = "tarifs"
    path = "/app-api/primary-keys/tarif"

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context:
        return {"tarif_id": record["id"]}


class PriceTypes(Lookup):
    """The units in which prices are meant."""

    name = "price_types"
    path = "/app-api/primary-keys/priceType"


class AdServers(Lookup):
    """The ad servers."""

    name = "ad_servers"
    path = "/app-api/primary-keys/adServer"
    properties = th.PropertiesList(TEXT_ID, NAME)


class CampaignTypes(Lookup):
    """The types of campaigns."""

    name = "campaign_types"
    path = "/app-api/primary-keys/campaignType"


class ExtraPriceLevels(Lookup):
    """The levels of prices beside the usual one."""

    name = "extra_price_levels"
    path = "/app-api/primary-keys/extraPriceLevel"


class Platforms(Lookup):
    """The platforms on which flights run."""

    name = "platforms"
    path = "/app-api/primary-keys/platform"


class Channels(Lookup):
    """The channels within platforms."""

    name = "channels"
    path = "/app-api/primary-keys/channel"


class Media(Lookup):
    """The kinds of media."""

    name = "media"
    path = "/app-api/primary-keys/media"


class Advertisings(Lookup):
    """The ad formats."""

    name = "advertisings"
    path = "/app-api/primary-keys/advertising"


class FlightPositionTypes(Lookup):
    """The positions that a flight can have."""

    name = "flight_position_types"
    path = "/app-api/primary-keys/flightPositionType"
    properties = th.PropertiesList(
        ID, NAME, th.Property("isDefault", th.BooleanType, description="Whether it is the usual.")
    )


class FlightTags(Lookup):
    """The tags of flights."""

    name = "flight_tags"
    path = "/app-api/primary-keys/flightTags"


LOOKUPS: tuple[type[Lookup], ...] = (
    Users,
    Tarifs,
    PriceTypes,
    AdServers,
    CampaignTypes,
    ExtraPriceLevels,
    Platforms,
    Channels,
    Media,
    Advertisings,
    FlightPositionTypes,
    FlightTags,
)
