"""What the studio sells, or lets people try: memberships and trial offers.

Source: the API's documentation, sections "Memberships" and "Trial Offers".
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, InvalidResponseError
from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.streams.base import (
    IdRow,
    ObjectStream,
    PerParentStream,
    StudioStream,
    parse_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Record

    from tap_studio_openapi.streams.base import Ids
    from tap_studio_openapi.studios import Studio


class MembershipOffers(StudioStream):
    """The memberships that are on offer."""

    child_id = "membership_offer_id"


class MembershipOfferDetails(PerParentStream, ObjectStream):
    """An offer with all its terms, modules, fees and texts."""

    parent_stream_type = MembershipOffers


class TrialOfferRow(msgspec.Struct):
    """What must stand in a row of a list of trial offers."""

    config_id: int = msgspec.field(name="trialOfferConfigId")


class TrialOfferStream(StudioStream):
    """What can be booked under a trial offer.

    Attributes:
        offered: The field that holds what is offered.
        offered_id: What its id is called in the record.
    """

    offered: ClassVar[str]
    offered_id: ClassVar[str]

    @override
    def fetch(self, ids: Ids) -> Iterator[Record]:
        for row in super().fetch(ids):
            offered = row.get(self.offered)
            offered_id = parse_row(offered, IdRow, self.name).id if offered else None
            yield {**row, self.offered_id: offered_id}


class TrialOfferClasses(TrialOfferStream):
    """The classes that can be tried."""

    offered = "trialOfferClass"
    offered_id = "class_id"


class TrialOfferAppointments(TrialOfferStream):
    """The kinds of appointment that can be tried."""

    offered = "trialOfferBookableAppointment"
    offered_id = "bookable_appointment_id"


class TrialOfferConfigs(StudioStream):
    """The trial offers to which these classes and appointments belong."""

    @override
    def fetch(self, ids: Ids) -> Iterator[Record]:
        config_ids = dict.fromkeys(
            parse_row(row, TrialOfferRow, self.name).config_id
            for name in ("trial_offer_classes", "trial_offer_appointments")
            for row in self.fetch_list(ids, DECLARATIONS[name].path)
        )
        for config_id in config_ids:
            yield self._fetch_config(self.get_studio(ids), config_id)

    def _fetch_config(self, studio: Studio, config_id: int) -> Record:
        path = self.declaration.path.format(config_id=config_id)
        try:
            return self.api.get_json(studio, path, dict[str, Any])
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise InvalidResponseError(f"{error} A list of trial offers names it.") from error
