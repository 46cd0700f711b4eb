"""Debt collection runs, which only the settings can name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi import demonstration

if TYPE_CHECKING:
    from tests.tap_studio_openapi.tenant import Tenant


def test_runs_of_the_settings_are_read_and_others_skipped(tenant: Tenant) -> None:
    run_id = demonstration.DEBT_COLLECTION_RUNS[0]
    elsewhere = range(1, 13)

    run = tenant.one.succeed(
        "debt_collection_debtors",
        "debt_collection_transfer_details",
        debt_collection_run_ids=[*elsewhere, run_id],
        max_concurrency=1,
    )

    debtors = run.records["debt_collection_debtors"]
    assert {record["debt_collection_run_id"] for record in debtors} == {run_id}
    assert {record["debtorId"] for record in debtors} == {f"D-{1000 + n}" for n in range(60)}
    (details,) = run.records["debt_collection_transfer_details"]
    assert details["debt_collection_run_id"] == run_id
    assert "debt_collection_debtors: 12 skipped" in run.log
