"""Read from ``meltano.yml`` what there is to run: jobs, schedules, streams and slices."""

from __future__ import annotations

import logging
import os
from collections import ChainMap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import structlog
from meltano.core.plugin.base import PluginType
from meltano.core.plugin.project_plugin import ProjectPlugin
from meltano.core.plugin.settings_service import PluginSettingsService
from meltano.core.project import Project
from meltano.core.schedule import JobSchedule
from meltano.core.schedule_service import ScheduleService
from meltano.core.task_sets_service import TaskSetsService

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from meltano.core.behavior.canonical import Canonical
    from meltano.core.task_sets import TaskSets

PositiveInteger = Annotated[int, msgspec.Meta(ge=1)]
TAP_AND_LOADER = [PluginType.EXTRACTORS, PluginType.LOADERS]
# Meltano logs by structlog, which prints everything by itself.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
logger = logging.getLogger(__name__)


class MeltanoFileError(Exception):
    """Raised when the engine cannot run what ``meltano.yml`` says."""


@dataclass(frozen=True)
class Pipeline:
    """A tap and the loader it feeds.

    Attributes:
        extractor: The name of the tap.
        loader: The name of the loader.
        schema: Where the loader puts the tables, without what an environment adds to it.
        streams: What the tap reads by default.
        slices: Into how many parts the accounts of the tap are divided.
        state_id: The name of its state, the same that ``meltano run`` has.
    """

    extractor: str
    loader: str
    schema: str
    streams: tuple[str, ...]
    slices: int
    state_id: str

    @property
    def slice_names(self) -> list[str]:
        """The names of all slices: none if the pipeline is run as a whole."""
        if self.slices == 1:
            return []
        return [f"{number}/{self.slices}" for number in range(1, self.slices + 1)]


@dataclass(frozen=True)
class Job:
    """A job of ``meltano.yml``."""

    name: str
    pipelines: tuple[Pipeline, ...]


@dataclass(frozen=True)
class Schedule:
    """A schedule of ``meltano.yml`` that is due at times.

    Attributes:
        name: Its name.
        cron: When it is due, in UTC.
        job: The name of its job.
        variables: The environment variables that it sets.
    """

    name: str
    cron: str
    job: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class MeltanoFile:
    """What a ``meltano.yml`` holds for an engine.

    Attributes:
        jobs: Its jobs.
        schedules: Its schedules.
        max_processes: How many processes may load at once, by the name of the loader.
    """

    jobs: tuple[Job, ...]
    schedules: tuple[Schedule, ...]
    max_processes: Mapping[str, int]


class _Entry(msgspec.Struct):
    annotations: dict[str, Any] = {}


class _Annotation(msgspec.Struct, forbid_unknown_fields=True):
    slices: PositiveInteger = 1
    streams: tuple[str, ...] | None = None
    max_processes: PositiveInteger | None = None


def find_project() -> Path:
    """Return the folder of the project: MELTANO_PROJECT_ROOT, or the one that holds this engine."""
    return Path(os.environ.get("MELTANO_PROJECT_ROOT") or Path(__file__).parents[3])


def read_meltano_file(directory: Path, environment: str | None = None) -> MeltanoFile:
    """Read the file of a project as Meltano reads it.

    Args:
        directory: The folder of the project.
        environment: The environment that is to be run; by default the one that Meltano would take.

    Raises:
        MeltanoFileError: The engine cannot run what it says.
    """
    project = Project(directory)
    default = project.settings.get("default_environment")
    if name := environment or os.environ.get("MELTANO_ENVIRONMENT") or default:
        project.activate_environment(name)
    entries = TaskSetsService(project).list_task_sets()
    jobs = tuple(job for entry in entries if (job := _read_job(project, entry)))
    return MeltanoFile(
        jobs=jobs,
        schedules=tuple(_read_schedules(project, {job.name for job in jobs})),
        max_processes=_read_max_processes(project),
    )


def _read_job(project: Project, entry: TaskSets) -> Job | None:
    plugins = {
        plugin.name: plugin
        for kind in TAP_AND_LOADER
        for plugin in project.plugins.get_plugins_of_type(kind)
    }
    pipelines = []
    for task in entry.flat_args_per_set:
        found = [plugins[name] for name in task if name in plugins]
        if len(task) != len(found) or [plugin.type for plugin in found] != TAP_AND_LOADER:
            logger.warning(
                "The job %s is left out: %r is not a tap and a loader, and that is all that "
                "is run here.",
                entry.name,
                " ".join(task),
            )
            return None
        pipelines.append(_read_pipeline(project, *found))
    return Job(entry.name, tuple(pipelines))


def _read_pipeline(project: Project, extractor: ProjectPlugin, loader: ProjectPlugin) -> Pipeline:
    settings = PluginSettingsService(project, extractor)
    annotation = _read_annotation(project, extractor)
    prefix = f"{project.environment.name}:" if project.environment else ""
    return Pipeline(
        extractor.name,
        loader.name,
        schema=settings.get("_load_schema"),
        streams=annotation.streams or _list_streams(extractor.name, settings.get("_select")),
        slices=annotation.slices,
        state_id=f"{prefix}{extractor.name}-to-{loader.name}",
    )


def _read_annotation(project: Project, plugin: ProjectPlugin) -> _Annotation:
    """Return what is said of a plugin for this engine, or of one that it inherits from."""
    said = (_read_own_annotation(entry) for entry in _list_entries(project, plugin))
    try:
        return msgspec.convert(dict(ChainMap(*said)), _Annotation)
    except msgspec.ValidationError as error:
        raise MeltanoFileError(f"{plugin.name}: annotations: orchestration: {error}") from error


def _list_entries(project: Project, plugin: object) -> Iterator[Canonical]:
    """Yield the entries of a plugin, those of the environment first, then its parents'."""
    while isinstance(plugin, ProjectPlugin):
        if project.environment:
            yield project.environment.get_plugin_config(plugin.type, plugin.name)
        yield plugin
        plugin = plugin.parent


def _read_own_annotation(entry: Canonical) -> dict[str, object]:
    said = msgspec.convert(entry.canonical(), _Entry)
    return said.annotations.get("orchestration") or {}


def _list_streams(extractor: str, select: Iterable[str]) -> tuple[str, ...]:
    patterns = [pattern.split(".")[0] for pattern in select if not pattern.startswith("!")]
    streams = tuple(dict.fromkeys(patterns))
    if not streams or any("*" in stream for stream in streams):
        raise MeltanoFileError(
            f"{extractor}: `select` does not name the streams. Name them in the extractor's "
            "annotations: {orchestration: {streams: [...]}}"
        )
    return streams


def _read_schedules(project: Project, jobs: set[str]) -> Iterator[Schedule]:
    for entry in ScheduleService(project).schedules():
        job = entry.job if isinstance(entry, JobSchedule) else ""
        if job not in jobs:
            logger.warning("The schedule %s is left out, as its job %s is.", entry.name, job)
        elif cron := entry.cron_interval:
            variables = {name: str(value) for name, value in entry.env.items()}
            yield Schedule(entry.name, cron, job, variables)


def _read_max_processes(project: Project) -> dict[str, int]:
    limits = {
        loader.name: _read_annotation(project, loader).max_processes
        for loader in project.plugins.get_plugins_of_type(PluginType.LOADERS)
    }
    return {name: limit for name, limit in limits.items() if limit}
