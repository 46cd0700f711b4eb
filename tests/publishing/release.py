"""Check a release: ``python -m tests.publishing.release tap-gotom-v0.2.0`` ends with 0 if it fits.

A tag names a package and its version. The version is that of the package, and its changelog has a
section for it and nothing that is unreleased.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from typing import TYPE_CHECKING

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

TAG = re.compile(r"(?P<package>[a-z-]+)-v(?P<version>[0-9][0-9a-z.]*)")
CHANGELOG_HEAD = re.compile(
    r"^## \[Unreleased\]\n(?P<unreleased>.*?)^## \[(?P<version>[^\]]+)\] - \d{4}-\d\d-\d\d$",
    re.MULTILINE | re.DOTALL,
)


def main() -> None:
    """Check the tag of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.publishing.release")
    parser.add_argument("tag", help="such as tap-gotom-v0.2.0")
    check_tag(parser.parse_args().tag, REPOSITORY)


def check_tag(tag: str, repository: Path) -> None:
    """Check that a tag fits the version and the changelog of its package.

    Args:
        tag: The tag.
        repository: The folder with the packages.

    Raises:
        SystemExit: It does not.
    """
    found = TAG.fullmatch(tag)
    if found is None or not (repository / found["package"] / "pyproject.toml").exists():
        raise SystemExit(f"The tag {tag} names no package and version: use tap-gotom-v0.2.0.")
    package, version = repository / found["package"], found["version"]
    if (declared := read_version(package)) != version:
        raise SystemExit(f"The tag {tag} is of version {version}, {package.name} is {declared}.")
    newest, unreleased = read_changelog_head(package)
    if newest != version:
        raise SystemExit(f"The changelog of {package.name} begins with {newest}, not {version}.")
    if unreleased:
        raise SystemExit(f"The changelog of {package.name} has changes under Unreleased.")


def read_version(package: Path) -> str:
    """Return the version of a package."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def read_changelog_head(package: Path) -> tuple[str, str]:
    """Return the newest version in the changelog of a package, and what is unreleased."""
    found = CHANGELOG_HEAD.search((package / "CHANGELOG.md").read_text(encoding="utf-8"))
    return (found["version"], found["unreleased"].strip()) if found else ("nothing", "")


if __name__ == "__main__":
    main()
