"""What can be tried before a membership.

Source: the API's documentation, section "Trial Offers".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_studio_openapi.errors import UnreadableError
from tap_studio_openapi.streams.base import StudioStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Record

LISTS = "/v1/trial-offers/bookable-trial-offers"


class TrialOffers(StudioStream):
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
    def fetch(self, context: Mapping[str, int]) -> Iterator[Record]:
        for record in super().fetch(context):
            yield {**record, self.offered_id: (record.get(self.offered) or {}).get("id")}


class TrialOfferClasses(TrialOffers):
    """The classes that can be tried."""

    name = "trial_offer_classes"
    path = f"{LISTS}/classes"
    since = "1.4.12"
    offered = "trialOfferClass"
    offered_id = "class_id"
    primary_keys = ("studio_id", "class_id", "trialOfferConfigId")


class TrialOfferAppointments(TrialOffers):
    """The kinds of appointment that can be tried."""

    name = "trial_offer_appointments"
    path = f"{LISTS}/appointments/bookable"
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
    def fetch(self, context: Mapping[str, int]) -> Iterator[Record]:
        connection = self._tap.studios[context["studio_id"]].connection
        offers = [
            offer
            for stream in (TrialOfferClasses, TrialOfferAppointments)
            for offer in self.rows(context, stream.path, {})
        ]
        for config_id in dict.fromkeys(offer["trialOfferConfigId"] for offer in offers):
            body: Any = self.ask(connection, self.path.format(config_id=config_id)).body
            if not isinstance(body, dict):
                raise UnreadableError(f"Trial offer {config_id} is no object.")
            yield body
