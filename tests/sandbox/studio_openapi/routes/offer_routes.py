"""What the studio offers: appointments, memberships, trials, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import chunks
from tests.sandbox.studio_openapi.contents import appointments, memberships
from tests.sandbox.studio_openapi.routes.class_routes import slots_of_class, window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.sandbox.studio_openapi.call import Call
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.routes.route import Route

_TRIALS = "GET /v1/trial-offers/bookable-trial-offers"


def _free_slots(call: Call, offered: Sequence[Record]) -> list[Record]:
    first, last = window(call)
    number = call.one_of(offered, "bookableAppointmentId")["id"]
    return appointments.free_slots(call.studio, number, first, last)


def _offers(call: Call) -> list[Record]:
    return [
        memberships.summary(offer, call.endpoint.record) for offer in call.studio.membership_offers
    ]


def _trial_slots(call: Call) -> Record:
    call.one_of(call.studio.trial_offer_classes, "classId")
    return chunks.cut(call, slots_of_class(call))


ROUTES: Mapping[str, Route] = {
    "GET /v1/appointments/bookable": (
        lambda call: chunks.cut(call, call.studio.bookable_appointments)
    ),
    "GET /v1/appointments/bookable/{bookableAppointmentId}": (
        lambda call: call.one_of(call.studio.bookable_appointments, "bookableAppointmentId")
    ),
    "GET /v1/appointments/bookable/{bookableAppointmentId}/slots": (
        lambda call: _free_slots(call, call.studio.bookable_appointments)
    ),
    "GET /v1/memberships/membership-offers": _offers,
    "GET /v1/memberships/membership-offers/{membershipOfferId}": (
        lambda call: call.one_of(call.studio.membership_offers, "membershipOfferId")
    ),
    "GET /v1/memberships/self-service/additional-modules": (
        lambda call: call.studio.additional_modules
    ),
    "GET /v1/memberships/self-service/contract-cancelation-reasons": (
        lambda call: call.studio.contract_cancelation_reasons
    ),
    "GET /v1/leads/config": lambda call: call.studio.lead_config,
    f"{_TRIALS}/appointments/bookable": (
        lambda call: chunks.cut(call, call.studio.trial_offer_appointments)
    ),
    f"{_TRIALS}/appointments/bookable/{{bookableAppointmentId}}/slots": (
        lambda call: _free_slots(call, call.studio.trial_offer_appointments)
    ),
    f"{_TRIALS}/classes": lambda call: chunks.cut(call, call.studio.trial_offer_classes),
    f"{_TRIALS}/classes/{{classId}}/slots": _trial_slots,
    "GET /v1/trial-offers/config/{configId}": (
        lambda call: call.one_of(call.studio.trial_offer_configs, "configId")
    ),
    "GET /v1/member-lists": lambda call: call.studio.member_lists,
    "GET /v1/online-offers/purchasable": (
        lambda call: chunks.cut(
            call, call.studio.online_offers, lambda offer: int(offer["onlineOfferId"])
        )
    ),
}
