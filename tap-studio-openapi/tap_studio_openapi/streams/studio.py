"""The studio itself: what it is, who works there, what stands in it.

Source: the API's documentation, sections "Studios", "Employees", "Devices", "Cross Studio",
"Leads" and "Member lists".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.streams.base import ObjectStream, StudioStream
from tap_studio_openapi.studios import STUDIO_PATH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Record

    from tap_studio_openapi.streams.base import Ids


class StudioInformation(ObjectStream):
    """What a studio is; the tap has read it before, to know the studio's id."""

    name = "studio"
    path = STUDIO_PATH
    scopes = ("STUDIO_READ",)
    primary_keys = ("studio_id", "studioId")

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        return [dict(self.get_studio(ids).row)]


class StudioUtilization(ObjectStream):
    """How many people are in the studio now."""

    name = "studio_utilization"
    path = "/v1/studios/utilization"
    scopes = ("STUDIO_READ",)
    primary_keys = ("studio_id", "extracted_at")

    @override
    def fetch(self, ids: Ids) -> Iterable[Record]:
        now = self.get_studio(ids).now().isoformat()
        return [{**row, "extracted_at": now} for row in super().fetch(ids)]


class StudioTags(StudioStream):
    """The tags that studios can bear."""

    name = "studio_tags"
    path = "/v1/studios/tags"
    scopes = ("STUDIO_READ",)
    since = "1.11"
    primary_keys = ("studio_id", "name")
    has_studio_name = True
    selected_by_default = False


class Employees(StudioStream):
    """Who works in the studio, or did."""

    name = "employees"
    path = "/v1/employees"
    since = "1.4.24"
    scopes = ("EMPLOYEE_READ",)
    slice_size = 100
    has_personal_fields = True


class Devices(StudioStream):
    """The devices for access, vending and time."""

    name = "devices"
    path = "/v1/devices"
    since = "1.4.0"
    scopes = ("DEVICE_READ",)
    selected_by_default = False


class AdditionalInformationFields(StudioStream):
    """The studio's own fields of customers, which decode what is assigned to a customer."""

    name = "additional_information_fields"
    path = "/v1/customers/additional-information-fields"
    since = "1.4.27"
    scopes = ("ADDITIONAL_INFORMATION_READ",)


class LeadConfig(ObjectStream):
    """Which fields the form for leads has."""

    name = "lead_config"
    path = "/v1/leads/config"
    scopes = ("LEAD_READ",)
    since = "1.9"
    selected_by_default = False


class TenantStudiosWithOffers(StudioStream):
    """The tenant's studios that have offers, as each key lists them."""

    name = "tenant_studios_with_offers"
    path = "/v1/cross-studio/membership-offers/studios"
    since = "1.4.27"
    scopes = ("STUDIO_READ",)
    primary_keys = ("studio_id", "studioId")
    selected_by_default = False


class MemberLists(StudioStream):
    """The lists of members that the studio has set up, without the members."""

    name = "member_lists"
    path = "/v1/member-lists"
    scopes = ("MEMBER_LIST_READ",)
    since = "1.16"
    primary_keys = ("studio_id", "listId")
    selected_by_default = False
