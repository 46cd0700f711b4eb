"""Fixtures: the packages of all taps, built once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.meltano import REPOSITORY

UV = Path(sys.executable).with_name("uv")
"""The program that builds and installs, which Meltano brings along."""


@dataclass(frozen=True)
class Packages:
    """Where the built packages of all taps lie."""

    directory: Path

    def wheel(self, tap: str) -> Path:
        """Give a tap's wheel."""
        return self._only(tap, "whl")

    def sdist(self, tap: str) -> Path:
        """Give a tap's source distribution."""
        return self._only(tap, "tar.gz")

    def _only(self, tap: str, ending: str) -> Path:
        (file,) = self.directory.glob(f"{tap.replace('-', '_')}-*.{ending}")
        return file


def run(*command: str | Path, directory: Path = REPOSITORY) -> str:
    """Run a command to its successful end, and give what it has written."""
    foreign = ("VIRTUAL_ENV", "PYTHONPATH")
    finished = subprocess.run(
        command,
        cwd=directory,
        env={name: value for name, value in os.environ.items() if name not in foreign},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    directory = tmp_path_factory.mktemp("packages")
    run(UV, "build", "--all-packages", "--quiet", "--out-dir", directory)
    return Packages(directory)
