"""The classes that read the streams of the table in ``streams.json``, by their names there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tap_studio_openapi.streams import (
    base,
    calendar,
    checkins,
    contracts,
    customers,
    offers,
    studio,
)

if TYPE_CHECKING:
    from tap_studio_openapi.streams.base import StudioStream

STREAM_TYPES: Final[dict[str, type[StudioStream]]] = {
    stream_type.__name__: stream_type
    for stream_type in (
        base.StudioStream,
        base.ObjectStream,
        studio.StudioInformation,
        studio.StudioUtilization,
        customers.Customers,
        customers.PerCustomerStream,
        customers.ObjectPerCustomerStream,
        checkins.CustomerCheckins,
        contracts.CustomerContracts,
        contracts.ContractIdlePeriods,
        contracts.ObjectPerContractStream,
        calendar.ClassSlots,
        calendar.BookableAppointments,
        calendar.BookableAppointmentSlots,
        offers.MembershipOffers,
        offers.MembershipOfferDetails,
        offers.TrialOfferClasses,
        offers.TrialOfferAppointments,
        offers.TrialOfferConfigs,
        studio.PerRunStream,
        studio.ObjectPerRunStream,
    )
}
