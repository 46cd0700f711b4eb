"""What the documents name is there: files, links, targets of make, options of programs."""

from __future__ import annotations

import re
import shlex
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.meltano import REPOSITORY
from tests.processes import run_program
from tests.publishing.conftest import UV, run
from tests.publishing.definition import extractors
from tests.publishing.readme import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path(sys.executable).parent
OWN = {".venv/bin/pytest": PROGRAMS / "pytest", "meltano": PROGRAMS / "meltano", "uv": UV}
FILE = re.compile(r"(?:[\w.*-]+/)*(?:[\w*-]+\.(?:py|md|ya?ml|toml|json|svg)|[\w.*-]+/)")
LINES_OF_A_TREE = re.compile(r"^ *([\w.*/-]+) {2,}\S", re.MULTILINE)
ENDS_A_COMMAND = {"|", ">", "&&"}

DOCUMENTS = {
    str(path.relative_to(REPOSITORY)): Document(path)
    for path in (
        REPOSITORY / "README.md",
        REPOSITORY / "CONTRIBUTING.md",
        REPOSITORY / "tests" / "sandbox" / "README.md",
        *sorted(REPOSITORY.glob("tap-*/README.md")),
    )
}
each_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)


@each_document
def test_links_lead_somewhere(document: Document) -> None:
    lost = []
    for link in document.links:
        name, _, anchor = link.partition("#")
        if "://" in name:
            continue
        target = Document(document.path.parent / name if name else document.path)
        if not target.path.exists() or (anchor and anchor not in target.anchors):
            lost.append(link)

    assert lost == []


@each_document
def test_files_that_are_named_exist(document: Document) -> None:
    folder = document.path.parent
    places = [folder, *folder.glob("*/"), REPOSITORY, *REPOSITORY.glob("tap-*"), *packages()]
    trees = [name for tree in document.blocks("") for name in LINES_OF_A_TREE.findall(tree)]
    named = {name for name in [*document.quoted, *trees] if FILE.fullmatch(name)}
    patterns = {name: re.sub(r"\btap([-_])x\b", r"tap\1*", name) for name in named}

    assert [
        name
        for name, pattern in patterns.items()
        if not any(any(place.glob(pattern.rstrip("/"))) for place in places)
    ] == []


def test_every_tap_is_built_as_the_guide_says() -> None:
    (tree,) = (
        tree
        for tree in Document(REPOSITORY / "CONTRIBUTING.md").blocks("")
        if tree.startswith("tap_x/")
    )
    names = LINES_OF_A_TREE.findall(tree)

    assert len(names) > 1
    assert [
        f"{package.name}/{name}"
        for package in packages()
        for name in names
        if not (package / name).exists()
    ] == []


@each_document
def test_targets_of_make_exist(document: Document) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))
    named = {words[1] for words in commands(document) if words[0] == "make"}

    assert named <= targets


def test_options_of_programs_exist() -> None:
    asked = [
        (program_of(words, document), " ".join(words))
        for document in DOCUMENTS.values()
        for words in commands(document)
    ]

    assert [command for program, command in asked if not is_understood(*program)] == []


def commands(document: Document) -> Iterator[list[str]]:
    """Give the words of each command in a document's blocks for the shell, and in its text."""
    lines = "".join(document.blocks("sh")).replace("\\\n", " ").splitlines()
    for line in [*lines, *(code for code in document.quoted if re.match(r"[\w./-]+ |--", code))]:
        try:
            words = shlex.split(line, comments=True)
        except ValueError:  # a setting over several lines
            continue
        command: list[str] = []
        for word in [*words, "|"]:
            if word not in ENDS_A_COMMAND:
                command.append(word)
            elif command:
                yield command
                command = []


def program_of(words: list[str], document: Document) -> tuple[tuple[str, ...], list[str]]:
    """Give the program of a command and the words after it; none of these if it is not ours."""
    tap = document.path.parent.name
    match words:
        case [option, *_] if option.startswith("--"):
            return ((str(PROGRAMS / tap),), words) if tap in extractors() else ((), [])
        case ["python", "-m", module, *rest]:
            return (sys.executable, "-m", module), rest
        case [name, *rest] if name in extractors():
            return (str(PROGRAMS / name),), rest
        case [name, *rest] if name in OWN:
            return (str(OWN[name]),), rest
        case _:
            return (), []


def is_understood(program: tuple[str, ...], words: list[str]) -> bool:
    """Tell whether a program, or the command of it that is meant, knows all its options."""
    names = [word for word in words if not word.startswith("-")]
    before = words.index(names[0]) if names else len(words)
    options = [(program, word) for word in words[:before]]
    options += [((*program, *names[:1]), word) for word in words[before:] if word not in names]
    return all(
        re.search(rf"(?<![\w-]){re.escape(option.partition('=')[0])}(?![\w-])", help_of(command))
        for command, option in options
    )


@cache
def help_of(command: tuple[str, ...]) -> str:
    """Give what a program says of its options."""
    if Path(command[0]).name in extractors():
        return run_program([*command[:1], "--help"]).stdout
    return run(*command, "--help")


def packages() -> list[Path]:
    """Give the packages of all taps."""
    return sorted(REPOSITORY.glob("tap-*/tap_*/"))
