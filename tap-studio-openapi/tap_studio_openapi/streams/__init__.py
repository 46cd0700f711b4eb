"""All streams, in the order in which the README lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_studio_openapi.streams.calendar import (
    BookableAppointments,
    BookableAppointmentSlots,
    Classes,
    ClassSlots,
)
from tap_studio_openapi.streams.checkins import CustomerCheckins
from tap_studio_openapi.streams.contracts import (
    ContractIdlePeriodConfig,
    ContractIdlePeriods,
    ContractRemainingIdlePeriods,
    CustomerContracts,
)
from tap_studio_openapi.streams.customer_details import (
    CustomerAccountBalances,
    CustomerAccountTransactions,
    CustomerAddressData,
    CustomerAppointmentBookings,
    CustomerBenefits,
    CustomerClassBookings,
    CustomerCommunicationPreferences,
    CustomerContactData,
    CustomerContractData,
    CustomerDocuments,
    CustomerMasterData,
    CustomerUpcomingTransactions,
)
from tap_studio_openapi.streams.customers import Customers
from tap_studio_openapi.streams.debt_collection import (
    DebtCollectionBlockedDebtors,
    DebtCollectionBlockedDebts,
    DebtCollectionConfiguration,
    DebtCollectionDebtors,
    DebtCollectionTransferDetails,
)
from tap_studio_openapi.streams.offers import (
    AdditionalModules,
    ContractCancelationReasons,
    MembershipOfferDetails,
    MembershipOffers,
    OnlineOffers,
    TrialOfferAppointments,
    TrialOfferClasses,
    TrialOfferConfigs,
)
from tap_studio_openapi.streams.studio import (
    AdditionalInformationFields,
    Devices,
    Employees,
    LeadConfig,
    MemberLists,
    StudioInformation,
    StudioTags,
    StudioUtilization,
    TenantStudiosWithOffers,
)

if TYPE_CHECKING:
    from tap_studio_openapi.streams.base import StudioStream

STREAMS: tuple[type[StudioStream], ...] = (
    StudioInformation,
    StudioUtilization,
    StudioTags,
    Employees,
    Devices,
    AdditionalInformationFields,
    Customers,
    CustomerContracts,
    CustomerCheckins,
    CustomerAccountBalances,
    CustomerAccountTransactions,
    CustomerUpcomingTransactions,
    CustomerCommunicationPreferences,
    CustomerClassBookings,
    CustomerAppointmentBookings,
    CustomerDocuments,
    CustomerBenefits,
    CustomerContractData,
    CustomerContactData,
    CustomerAddressData,
    CustomerMasterData,
    ContractIdlePeriods,
    ContractIdlePeriodConfig,
    ContractRemainingIdlePeriods,
    Classes,
    ClassSlots,
    BookableAppointments,
    BookableAppointmentSlots,
    MembershipOffers,
    MembershipOfferDetails,
    AdditionalModules,
    ContractCancelationReasons,
    OnlineOffers,
    TrialOfferClasses,
    TrialOfferAppointments,
    TrialOfferConfigs,
    LeadConfig,
    MemberLists,
    TenantStudiosWithOffers,
    DebtCollectionConfiguration,
    DebtCollectionBlockedDebtors,
    DebtCollectionBlockedDebts,
    DebtCollectionDebtors,
    DebtCollectionTransferDetails,
)
