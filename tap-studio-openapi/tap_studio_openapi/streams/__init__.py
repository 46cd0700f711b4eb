"""All streams, in the order in which the README lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_studio_openapi.streams import (
    calendar,
    checkins,
    contracts,
    customer_details,
    customers,
    debt_collection,
    offers,
    studio,
)

if TYPE_CHECKING:
    from tap_studio_openapi.streams.base import StudioStream

STREAMS: tuple[type[StudioStream], ...] = (
    studio.StudioInformation,
    studio.StudioUtilization,
    studio.StudioTags,
    studio.Employees,
    studio.Devices,
    studio.AdditionalInformationFields,
    customers.Customers,
    contracts.CustomerContracts,
    checkins.CustomerCheckins,
    customer_details.CustomerAccountBalances,
    customer_details.CustomerAccountTransactions,
    customer_details.CustomerUpcomingTransactions,
    customer_details.CustomerCommunicationPreferences,
    customer_details.CustomerClassBookings,
    customer_details.CustomerAppointmentBookings,
    customer_details.CustomerDocuments,
    customer_details.CustomerBenefits,
    customer_details.CustomerContractData,
    customer_details.CustomerContactData,
    customer_details.CustomerAddressData,
    customer_details.CustomerMasterData,
    contracts.ContractIdlePeriods,
    contracts.ContractIdlePeriodConfig,
    contracts.ContractRemainingIdlePeriods,
    calendar.Classes,
    calendar.ClassSlots,
    calendar.BookableAppointments,
    calendar.BookableAppointmentSlots,
    offers.MembershipOffers,
    offers.MembershipOfferDetails,
    offers.AdditionalModules,
    offers.ContractCancelationReasons,
    offers.OnlineOffers,
    offers.TrialOfferClasses,
    offers.TrialOfferAppointments,
    offers.TrialOfferConfigs,
    studio.LeadConfig,
    studio.MemberLists,
    studio.TenantStudiosWithOffers,
    debt_collection.DebtCollectionConfiguration,
    debt_collection.DebtCollectionBlockedDebtors,
    debt_collection.DebtCollectionBlockedDebts,
    debt_collection.DebtCollectionDebtors,
    debt_collection.DebtCollectionTransferDetails,
)
