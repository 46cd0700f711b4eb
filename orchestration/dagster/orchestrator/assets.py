"""Make assets, jobs and schedules of what ``meltano.yml`` holds.

A table is an asset, a slice is a partition, and each run is one process of Meltano.
"""

# Dagster reads the annotations of functions, so that none may be postponed here.

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    AssetsDefinition,
    AssetSelection,
    AssetSpec,
    Backoff,
    Config,
    Definitions,
    Failure,
    MaterializeResult,
    RetryPolicy,
    RunConfig,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    StaticPartitionsDefinition,
    define_asset_job,
    in_process_executor,
    multi_asset,
)
from pydantic import Field

from orchestrator.meltano_file import Job, MeltanoFile, Pipeline, Schedule
from orchestrator.meltano_run import Result, Task, run_task

RETRIES = RetryPolicy(max_retries=2, delay=120, backoff=Backoff.EXPONENTIAL)
"""Of failures that may pass: after 120 seconds, and 360 seconds after that.

By then, Meltano has given up a run that was killed.
"""


class LoadConfig(Config):
    """What may be chosen for a run."""

    full_refresh: bool = False
    variables: dict[str, str] = Field(default_factory=dict)


def build_definitions(
    project: Path, content: MeltanoFile, retries: RetryPolicy = RETRIES
) -> Definitions:
    """Return all that Dagster is to know.

    Args:
        project: The folder of the Meltano project.
        content: What its file holds.
        retries: How failures that may pass are tried again.
    """
    pipelines = _find_prefixes(content.jobs)
    assets = {
        pipeline: _build_assets(project, pipeline, prefix, retries)
        for pipeline, prefix in pipelines.items()
    }
    jobs = {name: pipeline for job in content.jobs for name, pipeline in _split_job(job).items()}
    return Definitions(
        assets=[*_build_sources(pipelines), *assets.values()],
        jobs=[
            define_asset_job(name, AssetSelection.assets(*assets[pipeline].keys))
            for name, pipeline in jobs.items()
        ],
        schedules=[
            schedule
            for entry in content.schedules
            for schedule in _build_schedules(entry, content.jobs, pipelines)
        ],
        executor=in_process_executor,
    )


def _find_prefixes(jobs: Sequence[Job]) -> dict[Pipeline, tuple[str, ...]]:
    """Return each pipeline with what the keys of its assets begin with.

    That is the schema. The loader comes before it if a tap is loaded by several.
    """
    pipelines = list(dict.fromkeys(pipeline for job in jobs for pipeline in job.pipelines))
    schemas = [pipeline.schema for pipeline in pipelines]
    return {
        pipeline: (
            (pipeline.loader, pipeline.schema)
            if schemas.count(pipeline.schema) > 1
            else (pipeline.schema,)
        )
        for pipeline in pipelines
    }


def _split_job(job: Job) -> dict[str, Pipeline]:
    """Return the pipelines of a job by the names of their own jobs.

    A job of Dagster has one set of partitions, and taps may have different numbers of slices.
    """
    if len(job.pipelines) == 1:
        return {_make_identifier(job.name): job.pipelines[0]}
    return {
        _make_identifier(f"{job.name}_{pipeline.extractor}"): pipeline for pipeline in job.pipelines
    }


def _build_sources(pipelines: Mapping[Pipeline, tuple[str, ...]]) -> list[AssetSpec]:
    extractors = dict.fromkeys(pipeline.extractor for pipeline in pipelines)
    return [AssetSpec(extractor, kinds={"meltano"}) for extractor in extractors]


def _build_assets(
    project: Path, pipeline: Pipeline, prefix: tuple[str, ...], retries: RetryPolicy
) -> AssetsDefinition:
    streams = {AssetKey([*prefix, stream]): stream for stream in pipeline.streams}
    slices = pipeline.slice_names

    @multi_asset(
        name=_build_op_name(prefix),
        specs=[
            AssetSpec(
                key,
                deps=[pipeline.extractor],
                group_name=_make_identifier(pipeline.extractor),
                skippable=True,
                kinds={pipeline.loader.removeprefix("target-")},
            )
            for key in streams
        ],
        partitions_def=StaticPartitionsDefinition(slices) if slices else None,
        can_subset=True,
        retry_policy=retries,
        pool=pipeline.loader,
    )
    def load(
        context: AssetExecutionContext, config: LoadConfig
    ) -> Iterator[MaterializeResult[Any]]:
        chosen = context.selected_asset_keys
        task = Task(
            pipeline,
            context.partition_key if slices else None,
            [] if chosen == set(streams) else sorted(streams[key] for key in chosen),
            full_refresh=config.full_refresh,
            variables=config.variables,
        )
        context.log.info("State %s, run %s of Meltano", task.state_id, task.run_id)
        result = run_task(project, task, _write)
        if result.status:
            _observe(context, {key: streams[key] for key in chosen}, task, result)
            raise Failure(
                result.reason,
                {"exit_status": result.status, "meltano_run": task.run_id},
                allow_retries=result.may_pass,
            )
        for key in chosen:
            if streams[key] in result.log.seconds:
                yield MaterializeResult(
                    asset_key=key, metadata=_measure(streams[key], task, result)
                )
        for stream in sorted(result.log.rows.keys() - set(streams.values())):
            # Such as a report of goTom that the file does not name.
            context.log_event(
                AssetMaterialization(
                    AssetKey([*prefix, stream]),
                    metadata=_measure(stream, task, result),
                    partition=task.slice_name,
                )
            )

    return load


def _write(line: str) -> None:
    """Write a line into the log that the page shows of a run."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _observe(
    context: AssetExecutionContext, chosen: Mapping[AssetKey, str], task: Task, result: Result
) -> None:
    """Note what a failed run has loaded, which does not count as complete."""
    for key, stream in chosen.items():
        context.log_event(
            AssetObservation(
                key, metadata=_measure(stream, task, result), partition=task.slice_name
            )
        )


def _measure(stream: str, task: Task, result: Result) -> dict[str, Any]:
    return {
        "rows": result.log.rows[stream],
        "seconds": round(result.log.seconds[stream], 3),
        "meltano_run": task.run_id,
    }


def _build_schedules(
    entry: Schedule, jobs: Sequence[Job], pipelines: Mapping[Pipeline, tuple[str, ...]]
) -> Iterator[ScheduleDefinition]:
    (job,) = (job for job in jobs if job.name == entry.job)
    parts = _split_job(job)
    for name, pipeline in parts.items():
        suffix = f"_{pipeline.extractor}" if len(parts) > 1 else ""
        load = _build_op_name(pipelines[pipeline])
        yield ScheduleDefinition(
            name=_make_identifier(entry.name + suffix),
            cron_schedule=entry.cron,
            job_name=name,
            execution_fn=_request_runs(pipeline, load, entry.variables),
        )


def _request_runs(
    pipeline: Pipeline, load: str, variables: Mapping[str, str]
) -> Callable[[ScheduleEvaluationContext], Iterator[RunRequest]]:
    """Return what a schedule does when it is due: it runs each slice."""
    config = RunConfig({load: LoadConfig(variables=dict(variables))})

    def request(context: ScheduleEvaluationContext) -> Iterator[RunRequest]:
        due = context.scheduled_execution_time.isoformat()
        slices: list[str | None] = [*pipeline.slice_names]
        for name in slices or [None]:
            yield RunRequest(f"{due} {name}", config, partition_key=name)

    return request


def _build_op_name(prefix: tuple[str, ...]) -> str:
    return _make_identifier("_".join(("load", *prefix)))


def _make_identifier(name: str) -> str:
    """Return a name as Dagster wants it."""
    return "".join(character if character.isalnum() else "_" for character in name)
