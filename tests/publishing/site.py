"""Collect the pages of the site: ``python -m tests.publishing.site`` writes them for Zensical.

The pages are the documents of the repository, which can be read there as well. The site only has
them in other places, so that links between them are rewritten. A link that leads nowhere is an
error.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

from tests.meltano import REPOSITORY
from tests.publishing.definition import ADDRESS, list_extractors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

CONFIG = REPOSITORY / "zensical.toml"
DOCS = REPOSITORY / "docs"
LIBRARY = REPOSITORY / "singer-tapkit"
START = "index.md"
REFERENCE = "library/reference.md"
FILES = f"{ADDRESS.removesuffix('.git')}/blob/main"
"""Where files that are no pages of the site can be seen."""
LINK = re.compile(
    r"^( *)(?P<fence>```|~~~).*?^\1(?P=fence) *$"
    r"|(?<=\]\()(?![a-z]+:|#)(?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?(?=\))",
    re.MULTILINE | re.DOTALL,
)
"""Matches links within the repository, and blocks of code, in which nothing is a link."""
LISTED = re.compile(r"[\w/-]+\.md")
PAGES = {
    "README.md": START,
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "SECURITY.md": "security.md",
    "singer-tapkit/README.md": "library/index.md",
    "singer-tapkit/CHANGELOG.md": "changes/singer-tapkit.md",
    "tests/benchmarks/DATABASES.md": "figures/databases.md",
    "tests/benchmarks/RESULTS.md": "figures/taps.md",
    "tests/benchmarks/SCALE.md": "figures/scale.md",
    "tests/sandbox/README.md": "sandbox.md",
}


class SiteError(Exception):
    """Raised when the pages do not fit together."""


def main() -> None:
    """Write the pages into the folder from which the site is built."""
    collect_pages(REPOSITORY)


def collect_pages(project: Path) -> None:
    """Write the pages into the folder that the configuration names.

    Args:
        project: The folder with that folder.

    Raises:
        SiteError: A link leads nowhere, or a page is not in the navigation.
    """
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["project"]
    folder = project / config["docs_dir"]
    shutil.rmtree(folder, ignore_errors=True)
    places = find_places()
    for source, place in places.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix != ".md":
            shutil.copy(REPOSITORY / source, target)
        elif source != "README.md":
            text = (REPOSITORY / source).read_text(encoding="utf-8")
            target.write_text(move_links(text, source, places), encoding="utf-8")
    for place, text in write_reference():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    check_navigation([*places.values(), REFERENCE], config["nav"])


def find_places() -> dict[str, str]:
    """Return where in the site each document and picture stands, by its path in the repository.

    The README is for those who look into the repository; the site has a first page of its own.
    """
    documents = {
        f"docs/{file.relative_to(DOCS)}": str(file.relative_to(DOCS))
        for file in sorted(DOCS.rglob("*"))
        if file.is_file()
    }
    taps = {
        f"{tap}/{name}": f"{folder}/{tap}.md"
        for tap in list_extractors()
        for name, folder in (("README.md", "taps"), ("CHANGELOG.md", "changes"))
    }
    return {**PAGES, **taps, **documents}


def move_links(text: str, source: str, places: Mapping[str, str]) -> str:
    """Return a document with its links as they are in the site.

    Args:
        text: The document.
        source: Its path in the repository.
        places: Where documents and pictures stand in the site.
    """

    def move(found: re.Match[str]) -> str:
        if found["fence"]:
            return found[0]
        path = os.path.normpath(os.path.join(os.path.dirname(source), found["path"]))  # noqa: PTH118, PTH120
        if path in places:
            start = os.path.dirname(places[source])  # noqa: PTH120
            return os.path.relpath(places[path], start) + (found["anchor"] or "")
        if not (REPOSITORY / path).exists():
            raise SiteError(f"{source} links to {found['path']}, which does not exist.")
        return f"{FILES}/{path}"

    return LINK.sub(move, text)


def write_reference() -> Iterator[tuple[str, str]]:
    """Yield pages about the library's modules, filled from docstrings, and a list that links them.

    The list alone is in the navigation.
    """
    rows = ["# Reference", "", "| module | what it is for |", "|---|---|"]
    for module in sorted((LIBRARY / "singer_tapkit").glob("[a-z]*.py")):
        name = module.stem
        purpose = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
        rows.append(f"| [`{name}`]({name}.md) | {purpose.partition(chr(10))[0]} |")
        yield f"library/{name}.md", f"# {name}\n\n::: singer_tapkit.{name}\n"
    yield REFERENCE, "\n".join([*rows, ""])


def check_navigation(pages: Collection[str], navigation: Any) -> None:
    """Check that each page is in the navigation, which Zensical does not compare with the pages.

    Args:
        pages: What must be in it; other files, such as pictures, need not be.
        navigation: What is in it.

    Raises:
        SiteError: A page is not in it, or is not there.
    """
    listed = set(LISTED.findall(str(navigation)))
    if missing := {page for page in pages if page.endswith(".md")} - listed:
        raise SiteError(f"zensical.toml does not list {', '.join(sorted(missing))}.")
    if gone := listed - set(pages):
        raise SiteError(f"zensical.toml lists {', '.join(sorted(gone))}, which does not exist.")


if __name__ == "__main__":
    main()
