"""What the studio sells: memberships, modules, online offers.

Source: the API's documentation, sections "Memberships", "Membership Self-service" and "Online
offers".
"""

from __future__ import annotations

from tap_studio_openapi.streams.base import ObjectStream, PerParent, StudioStream


class MembershipOffers(StudioStream):
    """The memberships that are on offer."""

    name = "membership_offers"
    path = "/v1/memberships/membership-offers"
    since = "1.4.30"
    scopes = ("MEMBERSHIP_READ",)
    child_id = ("membership_offer_id", "id")


class MembershipOfferDetails(PerParent, ObjectStream):
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
    unknown_fields = "keep"
    selected_by_default = False
