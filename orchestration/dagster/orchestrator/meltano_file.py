"""Read from ``meltano.yml`` what there is to run: jobs, schedules, streams and slices."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

INTERVALS = {
    "@yearly": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""The names of intervals that Meltano knows; ``@once`` and the like are never due by themselves."""

Value = TypeVar("Value")
logger = logging.getLogger(__name__)


class MeltanoFileError(Exception):
    """Raised when ``meltano.yml`` cannot be run as it is."""


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


class _Orchestration(msgspec.Struct, forbid_unknown_fields=True):
    slices: int | None = None
    streams: tuple[str, ...] | None = None
    max_processes: int | None = None


class _Annotations(msgspec.Struct):
    orchestration: _Orchestration = msgspec.field(default_factory=_Orchestration)


class _Plugin(msgspec.Struct):
    name: str
    inherit_from: str | None = None
    namespace: str | None = None
    load_schema: str | None = None
    select: tuple[str, ...] | None = None
    annotations: _Annotations = msgspec.field(default_factory=_Annotations)


class _Plugins(msgspec.Struct):
    extractors: tuple[_Plugin, ...] = ()
    loaders: tuple[_Plugin, ...] = ()


class _EnvironmentConfig(msgspec.Struct):
    plugins: _Plugins = msgspec.field(default_factory=_Plugins)


class _Environment(msgspec.Struct):
    name: str
    config: _EnvironmentConfig = msgspec.field(default_factory=_EnvironmentConfig)


class _Job(msgspec.Struct):
    name: str
    tasks: str | tuple[str | tuple[str, ...], ...]


class _Schedule(msgspec.Struct):
    name: str
    interval: str | None = None
    job: str | None = None
    env: dict[str, Any] = {}


class _Content(msgspec.Struct):
    default_environment: str | None = None
    environments: tuple[_Environment, ...] = ()
    plugins: _Plugins = msgspec.field(default_factory=_Plugins)
    jobs: tuple[_Job, ...] = ()
    schedules: tuple[_Schedule, ...] = ()


def find_project() -> Path:
    """Return the folder of the project: MELTANO_PROJECT_ROOT, or the one that holds this engine."""
    return Path(os.environ.get("MELTANO_PROJECT_ROOT") or Path(__file__).parents[3])


def read_meltano_file(project: Path, environment: str | None = None) -> MeltanoFile:
    """Read the file of a project.

    Args:
        project: The folder of the project.
        environment: The environment that is to be run; by default the one that Meltano would take.

    Raises:
        MeltanoFileError: The file is not as Meltano wants it.
    """
    file = project / "meltano.yml"
    try:
        content = msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), _Content)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise MeltanoFileError(f"{file} cannot be read: {error}") from error
    return _Reader(content, environment or os.environ.get("MELTANO_ENVIRONMENT")).read()


class _Reader:
    """Look things up in a file, as one environment has them."""

    def __init__(self, content: _Content, environment: str | None) -> None:
        self._content = content
        self._environment = environment or content.default_environment
        here = [one for one in content.environments if one.name == self._environment]
        overriding = here[0].config.plugins if here else _Plugins()
        self._extractors = _Lookup(content.plugins.extractors, overriding.extractors)
        self._loaders = _Lookup(content.plugins.loaders, overriding.loaders)

    def read(self) -> MeltanoFile:
        jobs = tuple(job for entry in self._content.jobs if (job := self._read_job(entry)))
        return MeltanoFile(
            jobs=jobs,
            schedules=tuple(self._read_schedules({job.name for job in jobs})),
            max_processes=self._read_max_processes(),
        )

    def _read_job(self, entry: _Job) -> Job | None:
        pipelines = []
        for task in _split_tasks(entry.tasks):
            extractor, loader = [*task, "", ""][:2]
            if len(task) != 2 or extractor not in self._extractors or loader not in self._loaders:  # noqa: PLR2004
                logger.warning(
                    "The job %s is left out: %r is not a tap and a loader, and that is all that "
                    "is run here.",
                    entry.name,
                    " ".join(task),
                )
                return None
            pipelines.append(self._read_pipeline(extractor, loader))
        return Job(entry.name, tuple(pipelines))

    def _read_pipeline(self, extractor: str, loader: str) -> Pipeline:
        plugins = self._extractors.find(extractor)
        annotations = [plugin.annotations.orchestration for plugin in plugins]
        namespace = _get_first(plugin.namespace for plugin in plugins) or extractor.replace(
            "-", "_"
        )
        given = _get_first(annotation.slices for annotation in annotations)
        slices = 1 if given is None else given
        if slices < 1:
            raise MeltanoFileError(f"{extractor}: {slices} slices cannot be run")
        streams = _get_first(annotation.streams for annotation in annotations)
        selected = _get_first(plugin.select for plugin in plugins) or ()
        prefix = f"{self._environment}:" if self._environment else ""
        return Pipeline(
            extractor,
            loader,
            schema=_get_first(plugin.load_schema for plugin in plugins) or namespace,
            streams=streams or _list_selected_streams(extractor, selected),
            slices=slices,
            state_id=f"{prefix}{extractor}-to-{loader}",
        )

    def _read_schedules(self, jobs: set[str]) -> Iterator[Schedule]:
        for entry in self._content.schedules:
            cron = INTERVALS.get(entry.interval or "", entry.interval or "@manual")
            if entry.job not in jobs:
                logger.warning(
                    "The schedule %s is left out, as its job %s is.", entry.name, entry.job
                )
            elif not cron.startswith("@"):
                variables = {name: str(value) for name, value in entry.env.items()}
                yield Schedule(entry.name, cron, entry.job, variables)

    def _read_max_processes(self) -> dict[str, int]:
        limits = {
            loader.name: _get_first(
                plugin.annotations.orchestration.max_processes
                for plugin in self._loaders.find(loader.name)
            )
            for loader in self._content.plugins.loaders
        }
        return {name: limit for name, limit in limits.items() if limit}


class _Lookup:
    """Find plugins of a kind, with what they inherit."""

    def __init__(self, plugins: Sequence[_Plugin], overriding: Sequence[_Plugin]) -> None:
        self._plugins = {plugin.name: plugin for plugin in plugins}
        self._overriding = {plugin.name: plugin for plugin in overriding}

    def __contains__(self, name: str) -> bool:
        return name in self._plugins

    def find(self, name: str | None) -> list[_Plugin]:
        """Return what is said of a plugin, the most particular first."""
        found: list[_Plugin] = []
        while name and (plugin := self._plugins.get(name)):
            found += [self._overriding.get(name, plugin), plugin]
            name = plugin.inherit_from
        return found


def _split_tasks(tasks: str | Iterable[str | Iterable[str]]) -> list[list[str]]:
    """Return each task as a list of plugins."""
    if isinstance(tasks, str):
        return [tasks.split()]
    return [task.split() if isinstance(task, str) else list(task) for task in tasks]


def _list_selected_streams(extractor: str, select: Iterable[str]) -> tuple[str, ...]:
    patterns = [pattern.split(".")[0] for pattern in select if not pattern.startswith("!")]
    streams = tuple(dict.fromkeys(patterns))
    if not streams or any("*" in stream for stream in streams):
        raise MeltanoFileError(
            f"{extractor}: `select` does not name the streams. Name them in the extractor's "
            "annotations: {orchestration: {streams: [...]}}"
        )
    return streams


def _get_first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value is not None), None)
