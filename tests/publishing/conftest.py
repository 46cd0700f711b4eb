"""Fixtures: the workspace as packages and as a git repository, each made once for all workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.meltano import FOREIGN_SETTINGS, REPOSITORY
from tests.once import make_once
from tests.processes import TIME_LIMIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

UV = Path(sys.executable).with_name("uv")
"""The program that builds and installs, which Meltano brings along."""
FOREIGN = (*FOREIGN_SETTINGS, "VIRTUAL_ENV", "PYTHONPATH")
"""Variables that begin so would change what is installed and where."""


@dataclass(frozen=True)
class Packages:
    """Where the built packages of the workspace lie."""

    directory: Path

    def find_wheel(self, name: str) -> Path:
        """Return a package's wheel."""
        return self._find_file(name, "whl")

    def find_sdist(self, name: str) -> Path:
        """Return a package's source distribution."""
        return self._find_file(name, "tar.gz")

    def _find_file(self, name: str, ending: str) -> Path:
        (file,) = self.directory.glob(f"{name.replace('-', '_')}-*.{ending}")
        return file


def run(
    *command: str | Path,
    directory: Path = REPOSITORY,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Run a command to its successful end, and return what it has written."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    finished = subprocess.run(
        command,
        cwd=directory,
        env={**own, **(settings or {})},
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Packages:
    """Build wheels and source distributions."""
    return Packages(make_once("packages", build_packages, tmp_path_factory, worker_id))


@pytest.fixture(scope="session")
def git_repository(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """Commit the workspace as it stands, and return the address of that repository."""
    directory = make_once("repository", commit_workspace, tmp_path_factory, worker_id)
    return f"git+file://{directory}"


def build_packages(directory: Path) -> None:
    """Build the packages of the workspace."""
    run(UV, "build", "--all-packages", "--quiet", "--out-dir", directory)


def commit_workspace(directory: Path) -> None:
    """Copy what the packages are made of into a git repository."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "dist", ".*")
    shutil.copy(REPOSITORY / "pyproject.toml", directory)
    for package in (REPOSITORY / "singer-tapkit", *REPOSITORY.glob("tap-*")):
        shutil.copytree(package, directory / package.name, ignore=ignored)
    git = ("git", "-c", "user.name=Test", "-c", "user.email=test@localhost")
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message=All")):
        run(*git, *command, directory=directory)
