"""What the API tells about one contract at a time: its idle periods.

Source: the API's documentation, section "Membership Self-service".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.personal_data import PERSONAL
from tap_studio_openapi.streams.base import ObjectStream, PerParent
from tap_studio_openapi.streams.customer_details import CustomerContracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Record

LISTS = {"past": "pastIdlePeriods", "current": "currentAndUpcomingIdlePeriods"}


class ObjectPerContract(PerParent, ObjectStream):
    """An object per contract."""

    parent_stream_type = CustomerContracts
    personal = PERSONAL
    primary_keys = ("studio_id", "contract_id")
    selected_by_default = False


class ContractIdlePeriods(ObjectPerContract):
    """The idle periods of both of a contract's lists."""

    name = "contract_idle_periods"
    path = "/v1/memberships/{contract_id}/self-service/idle-periods"
    scopes = ("MEMBERSHIP_SELF_SERVICE_IDLE_PERIOD_READ",)
    primary_keys = ("studio_id", "id")

    @override
    def fetch(self, context: Mapping[str, int]) -> Iterator[Record]:
        for lists in super().fetch(context):
            for name, field in LISTS.items():
                for record in lists.get(field) or ():
                    yield {**record, "list": name}


class ContractIdlePeriodConfig(ObjectPerContract):
    """The rules for the idle periods of a contract."""

    name = "contract_idle_period_config"
    path = "/v1/memberships/{contract_id}/self-service/idle-periods/config"
    scopes = ("MEMBERSHIP_SELF_SERVICE_IDLE_PERIOD_CONFIG_READ",)


class ContractRemainingIdlePeriods(ObjectPerContract):
    """How much idle time a contract has left."""

    name = "contract_remaining_idle_periods"
    path = "/v1/memberships/{contract_id}/self-service/idle-periods/remaining"
    scopes = ("MEMBERSHIP_SELF_SERVICE_IDLE_PERIOD_READ",)
