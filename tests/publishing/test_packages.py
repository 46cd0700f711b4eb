"""Each tap is built into packages that install alone, and run."""

from __future__ import annotations

import json
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.meltano import REPOSITORY
from tests.publishing.conftest import UV, Packages, run

TAPS = sorted(path.name for path in REPOSITORY.glob("tap-*"))

each_tap = pytest.mark.parametrize("tap", TAPS)


@each_tap
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_package_installs_alone(tap: str, kind: str, packages: Packages, tmp_path: Path) -> None:
    package = packages.wheel(tap) if kind == "wheel" else packages.sdist(tap)

    assert about(installed(tap, str(package), tmp_path))["name"] == tap


@each_tap
def test_a_tap_installs_from_its_folder_of_a_git_repository(tap: str, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    copied = shutil.ignore_patterns("__pycache__", "*.egg-info", "dist")
    shutil.copytree(REPOSITORY / tap, repository / tap, ignore=copied)
    git = ("git", "-c", "user.name=Test", "-c", "user.email=test@localhost")
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message=Tap")):
        run(*git, *command, directory=repository)

    requirement = f"{tap} @ git+file://{repository}#subdirectory={tap}"

    assert about(installed(tap, requirement, tmp_path))["name"] == tap


@each_tap
def test_a_wheel_holds_the_package_with_its_types_and_licence(tap: str, packages: Packages) -> None:
    package = tap.replace("-", "_")
    files = zipfile.ZipFile(packages.wheel(tap)).namelist()

    assert f"{package}/py.typed" in files
    assert any(file.endswith("licenses/LICENSE") for file in files)
    assert {file.split("/")[0].split("-")[0] for file in files} == {package}


@each_tap
def test_a_source_distribution_has_the_readme_and_the_changelog(
    tap: str, packages: Packages
) -> None:
    with tarfile.open(packages.sdist(tap)) as archive:
        files = {Path(name).name for name in archive.getnames()}

    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml"} <= files


def installed(tap: str, requirement: str, directory: Path) -> Path:
    """Install a tap into an environment of its own, and give its program."""
    environment = directory / "environment"
    run(UV, "venv", "--quiet", environment)
    run(UV, "pip", "install", "--quiet", "--python", environment, requirement)
    return environment / "bin" / tap


def about(program: Path) -> dict[str, object]:
    """Give what an installed tap says about itself."""
    said: dict[str, object] = json.loads(run(program, "--about", "--format=json"))
    return said
