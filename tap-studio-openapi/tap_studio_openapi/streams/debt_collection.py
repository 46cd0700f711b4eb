"""What debt collection partners may read. Nothing here marks a run as fetched.

Source: the API's documentation, section "Finance".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_studio_openapi.streams.base import ObjectStream, StudioStream

if TYPE_CHECKING:
    from tap_studio_openapi.streams.base import Ids
    from tap_studio_openapi.studios import Studio


class DebtCollectionConfiguration(ObjectStream):
    """How debts of the studio are collected."""

    name = "debt_collection_configuration"
    path = "/v1/debt-collection/configuration"
    since = "1.4.21"
    scopes = ("DEBT_COLLECTION_READ",)
    has_personal_fields = True
    selected_by_default = False


class BlockedStream(StudioStream):
    """What is kept out of coming runs."""

    scopes = ("DEBT_COLLECTION_READ",)
    slice_size = 50
    primary_keys = ("studio_id", "debtorId")
    is_personal = True
    selected_by_default = False


class DebtCollectionBlockedDebtors(BlockedStream):
    """The debtors that are kept out of coming runs."""

    name = "debt_collection_blocked_debtors"
    path = "/v1/debt-collection/blocked/debtors"
    since = "1.4.19"


class DebtCollectionBlockedDebts(BlockedStream):
    """The debts that are kept out of coming runs, by debtor."""

    name = "debt_collection_blocked_debts"
    path = "/v1/debt-collection/blocked/debts"
    since = "1.4.19"


class PerRunStream(StudioStream):
    """One partition per debt collection run of the settings; a studio knows its own runs alone."""

    scopes = ("DEBT_COLLECTION_READ",)
    has_partitions = True
    is_sparse = True
    selected_by_default = False

    @override
    def build_partitions(self, studio: Studio) -> list[Ids]:
        return [
            {"studio_id": studio.id, "debt_collection_run_id": run_id}
            for run_id in self.config.get("debt_collection_run_ids") or ()
        ]


class DebtCollectionDebtors(PerRunStream):
    """The debtors of a run, with their cases."""

    name = "debt_collection_debtors"
    path = "/v1/debt-collection/{debt_collection_run_id}/debtors"
    slice_size = 50
    primary_keys = ("studio_id", "debt_collection_run_id", "debtorId")
    has_personal_fields = True
    is_personal = True


class DebtCollectionTransferDetails(PerRunStream, ObjectStream):
    """What a run is, and how far it has come."""

    name = "debt_collection_transfer_details"
    path = "/v1/debt-collection/{debt_collection_run_id}/details"
    primary_keys = ("studio_id", "debt_collection_run_id")
    has_personal_fields = True
