"""Let dlt do the same extraction, in an environment of its own.

dlt gets every help that its documentation names: no compression of files, names and types of all
columns, and as many processes as there are cores for the step that it calls normalizing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measure import Measurement, measure
from tests.processes import find_program

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPT = Path(__file__).with_name("dlt_pipeline.py")
HELP = {
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
    "DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "NORMALIZE__WORKERS": str(os.cpu_count()),
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}


def measure_dlt(job: Mapping[str, object], directory: Path) -> Measurement:
    """Measure dlt from start to end, its rows being those of the files that it has written.

    Rows in a database are left to be counted.

    Args:
        job: The `dlt_pipeline.Job` without its directory.
        directory: Where dlt may put a folder, which is removed afterwards.
    """
    folder = directory / "dlt"
    command = [_find_python(), str(SCRIPT), json.dumps({**job, "directory": str(folder)})]
    try:
        measurement = measure(command, {**HELP, "DLT_DATA_DIR": str(folder / "data")})
        rows = 0 if "destination" in job else _count_lines_below(folder)
        return replace(measurement, lines=rows)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def find_version() -> str:
    """Return the version of dlt that is measured."""
    command = [_find_python(), "-c", "import dlt; print(dlt.__version__)"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


@cache
def _find_python() -> str:
    """Return the Python of the environment that the script asks for, made when it is missing."""
    uv = find_program("uv")
    subprocess.run([uv, "sync", "--quiet", "--script", SCRIPT], check=True)
    find = [uv, "python", "find", "--script", str(SCRIPT)]
    return subprocess.run(find, capture_output=True, check=True, text=True).stdout.strip()


def _count_lines_below(folder: Path) -> int:
    """Count the rows, all of which are in tables that dlt has not made for itself."""
    return sum(
        _count_lines(file)
        for file in folder.glob("output/*/*/*.jsonl")
        if not file.parent.name.startswith("_dlt")
    )


def _count_lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)
