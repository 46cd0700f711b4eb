"""What Dagster makes of ``meltano.yml``, and of how runs end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    RetryPolicy,
    build_schedule_context,
)

from orchestrator.assets import LoadConfig, build_definitions
from tests.orchestration.conftest import fail, succeed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster import Definitions, ExecuteInProcessResult

    from orchestrator.meltano_file import MeltanoFile
    from tests.orchestration.conftest import StandIn

JOB = "studio_openapi_to_duckdb"
CUSTOMERS = AssetKey(["tap_studio_openapi", "customers"])
AT_ONCE = RetryPolicy(max_retries=2)
UNAUTHORIZED = "Kiel Nord: GET /v1/studios/information answered 401: The API key is missing."


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def definitions(meltano: StandIn, sandbox_file: MeltanoFile) -> Definitions:
    return build_definitions(meltano.directory, sandbox_file, AT_ONCE)


def _run(
    definitions: Definitions, instance: DagsterInstance, slice_name: str = "2/2", **options: Any
) -> ExecuteInProcessResult:
    return definitions.resolve_job_def(JOB).execute_in_process(
        instance=instance, partition_key=slice_name, raise_on_error=False, **options
    )


def test_tables_are_assets_and_slices_their_partitions(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    customers = graph.get(CUSTOMERS)

    assert customers.partitions_def is not None
    assert customers.partitions_def.get_partition_keys() == ["1/2", "2/2"]
    assert customers.parent_keys == {AssetKey("tap-studio-openapi")}
    assert graph.get(AssetKey(["tap_apparena", "apps"])).partitions_def is None
    assert AssetKey(["tap_gotom", "campaigns"]) in graph.get_all_asset_keys()


def test_schedules_are_those_of_the_file(
    definitions: Definitions, sandbox_file: MeltanoFile
) -> None:
    schedules = {
        (schedule.name, schedule.cron_schedule, schedule.job_name)
        for schedule in definitions.get_repository_def().schedule_defs
    }

    assert schedules == {
        (entry.name.replace("-", "_"), entry.cron, entry.job.replace("-", "_"))
        for entry in sandbox_file.schedules
    }
    assert ("gotom_daily", "30 5 * * *", "gotom_to_duckdb") in schedules


def test_a_schedule_runs_each_slice(definitions: Definitions) -> None:
    schedule = definitions.resolve_schedule_def("studio_openapi_daily")
    context = build_schedule_context(
        scheduled_execution_time=datetime(2026, 11, 30, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    )

    requests = schedule.evaluate_tick(context).run_requests

    assert [request.partition_key for request in requests or ()] == ["1/2", "2/2"]


def test_tables_of_a_good_run_are_materialized(
    definitions: Definitions, instance: DagsterInstance
) -> None:
    result = _run(definitions, instance)

    assert result.success
    materialized = {
        event.materialization.asset_key.path[-1]: event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.materialization
    }
    assert set(materialized) == {"customers", "studio"}, "and no table that was not read"
    assert materialized["customers"]["rows"].value == 57
    assert materialized["customers"]["seconds"].value == 1.5
    assert instance.get_materialized_partitions(CUSTOMERS) == {"2/2"}


def test_a_table_that_the_file_does_not_name_is_noted(
    definitions: Definitions, instance: DagsterInstance, meltano: StandIn
) -> None:
    meltano.set_results(succeed(turnover=(5, 0.5)))

    _run(definitions, instance)

    key = AssetKey(["tap_studio_openapi", "turnover"])
    assert instance.get_materialized_partitions(key) == {"2/2"}


def test_single_tables_can_be_chosen(
    definitions: Definitions, instance: DagsterInstance, meltano: StandIn
) -> None:
    _run(definitions, instance)
    _run(definitions, instance, asset_selection=[CUSTOMERS])

    whole, part = (arguments for arguments, _ in meltano.calls)
    assert not [word for word in whole if word.startswith("--select")]
    assert [word for word in part if word.startswith("--select")] == ["--select=customers"]


def test_a_run_can_begin_anew_with_other_settings(
    definitions: Definitions, instance: DagsterInstance, meltano: StandIn
) -> None:
    config = LoadConfig(
        full_refresh=True, variables={"TAP_STUDIO_OPENAPI_START_DATE": "2026-01-01"}
    )

    _run(
        definitions,
        instance,
        run_config={"ops": {"load_tap_studio_openapi": {"config": config.model_dump()}}},
    )

    ((arguments, variables),) = meltano.calls
    assert "--full-refresh" in arguments
    assert variables == {
        "TAP_STUDIO_OPENAPI_SLICE": "2/2",
        "TAP_STUDIO_OPENAPI_START_DATE": "2026-01-01",
    }


def test_a_failed_run_is_observed_and_says_why(
    definitions: Definitions, instance: DagsterInstance, meltano: StandIn
) -> None:
    meltano.set_results(fail(1, UNAUTHORIZED, customers=(12, 0.5)))

    result = _run(definitions, instance)

    assert not result.success
    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.user_failure_data
    assert failure.step_failure_data.user_failure_data.description == UNAUTHORIZED
    assert not instance.get_materialized_partitions(CUSTOMERS)
    (record,) = instance.fetch_observations(CUSTOMERS, limit=2).records
    assert record.asset_observation
    assert record.asset_observation.partition == "2/2"
    assert record.asset_observation.metadata["rows"].value == 12
    assert len(meltano.calls) == 1, "it is not tried again"


def test_a_failure_that_may_pass_is_tried_again(
    definitions: Definitions, instance: DagsterInstance, meltano: StandIn
) -> None:
    meltano.set_results(fail(75, "Kiel Nord: 503."), succeed(customers=(57, 1.5)))

    assert _run(definitions, instance).success
    assert len(meltano.calls) == 2
