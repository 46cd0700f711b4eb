"""Tags, versions and changelogs are in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.meltano import REPOSITORY
from tests.publishing.release import check_tag, read_changelog_head, read_version

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = [REPOSITORY / "singer-tapkit", *sorted(REPOSITORY.glob("tap-*"))]
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-29\n\n### Added\n\n* All.\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a package of version 0.2.0, ready for release."""
    package = tmp_path / "tap-x"
    package.mkdir()
    (package / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n', encoding="utf-8")
    (package / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    return tmp_path


def test_a_tag_that_fits_is_taken(repository: Path) -> None:
    check_tag("tap-x-v0.2.0", repository)


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("v0.2.0", "names no package"),
        ("tap-y-v0.2.0", "names no package"),
        ("tap-x-v0.3.0", r"of version 0\.3\.0, tap-x is 0\.2\.0"),
    ],
)
def test_a_tag_of_something_else_is_refused(repository: Path, tag: str, message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        check_tag(tag, repository)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[0.2.0]", "[0.1.0]", "begins with"),
        ("[Unreleased]\n", "[Unreleased]\n\n* More.\n", "under Unreleased"),
    ],
)
def test_a_changelog_that_does_not_fit_is_refused(
    repository: Path, old: str, new: str, message: str
) -> None:
    changelog = repository / "tap-x" / "CHANGELOG.md"
    changelog.write_text(CHANGELOG.replace(old, new), encoding="utf-8")

    with pytest.raises(SystemExit, match=message):
        check_tag("tap-x-v0.2.0", repository)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_the_newest_version_of_a_changelog_is_that_of_the_package(package: Path) -> None:
    assert read_changelog_head(package)[0] == read_version(package)
