"""What the studio sells, or lets people try: memberships, modules, online offers, trial offers.

Source: the API's documentation, sections "Memberships", "Membership Self-service", "Online
offers" and "Trial Offers".
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, InvalidResponseError
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

TRIAL_OFFER_LISTS = "/v1/trial-offers/bookable-trial-offers"


class MembershipOffers(StudioStream):
    """The memberships that are on offer."""

    name = "membership_offers"
    path = "/v1/memberships/membership-offers"
    since = "1.4.30"
    scopes = ("MEMBERSHIP_READ",)
    child_id = "membership_offer_id"


class MembershipOfferDetails(PerParentStream, ObjectStream):
    """An offer with all its terms, modules, fees and texts."""

    name = "membership_offer_details"
    path = "/v1/memberships/membership-offers/{membership_offer_id}"
    scopes = ("MEMBERSHIP_READ",)
    parent_stream_type = MembershipOffers
    primary_keys = ("studio_id", "id")
    selected_by_default = False


class AdditionalModules(StudioStream):
    """The modules that members can add."""

    name = "additional_modules"
    path = "/v1/memberships/self-service/additional-modules"
    since = "1.4.4"
    scopes = ("MEMBERSHIP_SELF_SERVICE_ADDITIONAL_MODULE_READ",)


class ContractCancelationReasons(StudioStream):
    """The reasons for a cancelation that members can choose from."""

    name = "contract_cancelation_reasons"
    path = "/v1/memberships/self-service/contract-cancelation-reasons"
    scopes = ("MEMBERSHIP_SELF_SERVICE_READ",)
    primary_keys = ("studio_id", "cancelationReasonId")


class OnlineOffers(StudioStream):
    """The offers that can be bought online; all of their fields but the id are undocumented."""

    name = "online_offers"
    path = "/v1/online-offers/purchasable"
    scopes = ("ONLINE_OFFER_READ",)
    slice_size = 100
    since = "1.13"
    primary_keys = ("studio_id", "onlineOfferId")
    keeps_unknown_fields = True
    has_studio_name = True
    selected_by_default = False


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
    scopes = ("TRIAL_OFFER_READ",)
    slice_size = 100
    selected_by_default = False

    @override
    def fetch(self, ids: Ids) -> Iterator[Record]:
        for row in super().fetch(ids):
            offered = row.get(self.offered)
            offered_id = parse_row(offered, IdRow, self.name).id if offered else None
            yield {**row, self.offered_id: offered_id}


class TrialOfferClasses(TrialOfferStream):
    """The classes that can be tried."""

    name = "trial_offer_classes"
    path = f"{TRIAL_OFFER_LISTS}/classes"
    since = "1.4.12"
    offered = "trialOfferClass"
    offered_id = "class_id"
    primary_keys = ("studio_id", "class_id", "trialOfferConfigId")


class TrialOfferAppointments(TrialOfferStream):
    """The kinds of appointment that can be tried."""

    name = "trial_offer_appointments"
    path = f"{TRIAL_OFFER_LISTS}/appointments/bookable"
    since = "1.4.12"
    offered = "trialOfferBookableAppointment"
    offered_id = "bookable_appointment_id"
    primary_keys = ("studio_id", "bookable_appointment_id", "trialOfferConfigId")


class TrialOfferConfigs(StudioStream):
    """The trial offers to which these classes and appointments belong."""

    name = "trial_offer_configs"
    path = "/v1/trial-offers/config/{config_id}"
    since = "1.4.12"
    scopes = ("TRIAL_OFFER_READ",)
    slice_size = 100
    selected_by_default = False

    @override
    def fetch(self, ids: Ids) -> Iterator[Record]:
        config_ids = dict.fromkeys(
            parse_row(row, TrialOfferRow, self.name).config_id
            for stream in (TrialOfferClasses, TrialOfferAppointments)
            for row in self.fetch_list(ids, stream.path)
        )
        for config_id in config_ids:
            yield self._fetch_config(self.get_studio(ids), config_id)

    def _fetch_config(self, studio: Studio, config_id: int) -> Record:
        path = self.path.format(config_id=config_id)
        try:
            return self.api.get_json(studio, path, dict[str, Any])
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise InvalidResponseError(f"{error} A list of trial offers names it.") from error
