"""Fixtures: the packages of all taps, built once."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


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


def uv() -> str:
    """Give the program that builds and installs: the one on the PATH, or else the project's."""
    return shutil.which("uv") or str(REPOSITORY / ".tools" / "bin" / "uv")


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
    run(uv(), "build", "--all-packages", "--quiet", "--out-dir", directory)
    return Packages(directory)
