"""Packages install in every way that is documented, with real commands, and then run.

A way is tried with one tap where other tests install or run all four from the same place: pastes
from git, and pipelines what Meltano installs.
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.meltano import REPOSITORY
from tests.publishing.conftest import UV, run

if TYPE_CHECKING:
    from tests.publishing.conftest import Packages

TAPS = sorted(path.name for path in REPOSITORY.glob("tap-*"))
LIBRARY = "singer-tapkit"

each_package = pytest.mark.parametrize("package", [LIBRARY, *TAPS])


def test_uv_installs_a_tap_as_a_tool_from_git(git_repository: str, tmp_path: Path) -> None:
    settings = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    run(UV, "tool", "install", f"{git_repository}#subdirectory={TAPS[0]}", settings=settings)

    assert_runs(tmp_path / "bin" / TAPS[0])


def test_wheels_install_from_a_folder(packages: Packages, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    run(UV, "venv", "--quiet", environment)
    install = (UV, "pip", "install", "--quiet", "--python", environment)
    run(*install, "--find-links", packages.directory, *TAPS)

    for tap in TAPS:
        assert_runs(environment / "bin" / tap)


@pytest.mark.long(seconds=15)
def test_pip_installs_library_and_a_tap_from_their_folders(tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    run(UV, "venv", "--quiet", "--seed", environment)
    pip = environment / "bin" / "pip"
    run(pip, "install", "--quiet", "--no-compile", f"./{LIBRARY}", f"./{TAPS[0]}")

    assert_runs(environment / "bin" / TAPS[0])


def test_meltano_installs_a_tap_as_its_project_says(plugins: Path) -> None:
    assert_runs(plugins / ".meltano" / "extractors" / TAPS[0] / "venv" / "bin" / TAPS[0])


@each_package
def test_a_wheel_holds_the_package_with_its_types_and_licence(
    package: str, packages: Packages
) -> None:
    name = package.replace("-", "_")
    files = zipfile.ZipFile(packages.find_wheel(package)).namelist()

    assert f"{name}/py.typed" in files
    assert any(file.endswith("licenses/LICENSE") for file in files)
    assert {file.split("/")[0].split("-")[0] for file in files} == {name}


@each_package
def test_a_source_distribution_has_the_readme_and_the_changelog(
    package: str, packages: Packages
) -> None:
    with tarfile.open(packages.find_sdist(package)) as archive:
        files = {Path(name).name for name in archive.getnames()}

    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml"} <= files


def assert_runs(program: Path) -> None:
    """Assert that an installed tap prints its name and version, and is not this environment's."""
    assert Path(sys.prefix) not in program.parents
    assert run(program, "--version").startswith(f"{program.name} v")
