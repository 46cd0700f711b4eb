"""Prepare a Meltano project and Dagster for runs at once: ``python -m orchestrator.prepare``.

All that runs at once would do at once, and stumble over each other: install plugins, and make the
tables of Meltano's own database.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from dagster import DagsterInstance

from orchestrator.meltano_file import MeltanoFile, find_project, read_meltano_file
from orchestrator.meltano_run import find_meltano

if TYPE_CHECKING:
    from pathlib import Path


def main() -> None:
    """Prepare the project and the instance that DAGSTER_HOME names."""
    project = find_project()
    content = read_meltano_file(project)
    prepare_project(project, content)
    with DagsterInstance.get() as instance:
        set_limits(instance, content)


def prepare_project(project: Path, content: MeltanoFile) -> None:
    """Install the plugins of all jobs, and make the tables of Meltano's database."""
    pipelines = [pipeline for job in content.jobs for pipeline in job.pipelines]
    plugins = {name for pipeline in pipelines for name in (pipeline.extractor, pipeline.loader)}
    for arguments in (["install", *sorted(plugins)], ["state", "list"]):
        command = [find_meltano(), "--log-level=warning", *arguments]
        subprocess.run(command, cwd=project, stdout=subprocess.DEVNULL, check=True)  # noqa: S603


def set_limits(instance: DagsterInstance, content: MeltanoFile) -> None:
    """Set in Dagster how many runs may load with a loader at once."""
    for loader, limit in content.max_processes.items():
        instance.event_log_storage.set_concurrency_slots(loader, limit)


if __name__ == "__main__":
    main()
