"""Check a release: ``python -m tests.publishing.release tap-gotom-v0.2.0`` ends with 0 if it fits.

A tag names a package and its version. The version is that of the package, and its changelog has a
section for it and nothing that is unreleased.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from typing import TYPE_CHECKING

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

TAG = re.compile(r"(?P<package>[a-z-]+)-v(?P<version>[0-9][0-9a-z.]*)")
RELEASE = re.compile(r"^## \[(?P<version>[0-9][^\]]*)\] - \d{4}-\d\d-\d\d$", re.MULTILINE)
UNRELEASED = re.compile(
    r"^## \[Unreleased\]\n(?P<changes>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


class ReleaseError(Exception):
    """Raised when a tag does not fit what it stands for."""


def main() -> None:
    """Check the tag of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.publishing.release")
    parser.add_argument("tag", help="such as tap-gotom-v0.2.0")
    try:
        check_tag(parser.parse_args().tag, REPOSITORY)
    except ReleaseError as error:
        sys.exit(str(error))


def check_tag(tag: str, repository: Path) -> None:
    """Check that a tag fits the version and the changelog of its package.

    Args:
        tag: The tag.
        repository: The folder with the packages.

    Raises:
        ReleaseError: It does not.
    """
    found = TAG.fullmatch(tag)
    if found is None or not (repository / found["package"] / "pyproject.toml").exists():
        raise ReleaseError(f"The tag {tag} names no package and version: use tap-gotom-v0.2.0.")
    package, version = repository / found["package"], found["version"]
    if (declared := read_version(package)) != version:
        raise ReleaseError(f"The tag {tag} is of version {version}, {package.name} is {declared}.")
    if (newest := list_released_versions(package)[:1]) != [version]:
        raise ReleaseError(f"The changelog of {package.name} begins with {newest}, not {version}.")
    if read_unreleased_changes(package):
        raise ReleaseError(f"The changelog of {package.name} has changes under Unreleased.")


def read_version(package: Path) -> str:
    """Return the version of a package."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def list_released_versions(package: Path) -> list[str]:
    """Return the versions in the changelog of a package, newest first."""
    return [found["version"] for found in RELEASE.finditer(_read_changelog(package))]


def read_unreleased_changes(package: Path) -> str:
    """Return what the changelog of a package has under Unreleased."""
    found = UNRELEASED.search(_read_changelog(package))
    return found["changes"].strip() if found else ""


def _read_changelog(package: Path) -> str:
    return (package / "CHANGELOG.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
