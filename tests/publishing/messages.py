"""The texts that a tap can say, read from its code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.meltano import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILLED_IN = "\0"
"""Stands in a text for what is known only when it is said."""
FORMAT_OF_LOGS = re.compile(r"%(?:\.\d)?[sdfr]")


def texts_of(tap: str) -> list[str]:
    """Give all texts in the code of a tap but docstrings, with `FILLED_IN` for what varies."""
    (package,) = (REPOSITORY / tap).glob("tap_*")
    return [text for module in sorted(package.rglob("*.py")) for text in _texts_in(module)]


def is_said(quotation: str, texts: list[str]) -> bool:
    """Tell whether one of the texts holds a quotation.

    Args:
        quotation: Words, where ``…`` may stand for anything and a number for what is filled in.
        texts: The texts.
    """
    words = re.sub(r"\d+", FILLED_IN, quotation)
    pattern = ".*".join(re.escape(part.strip()) for part in words.split("…"))
    return any(re.search(pattern, re.sub(r"\d+", FILLED_IN, text)) for text in texts)


def _texts_in(module: Path) -> Iterator[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(_said(part) for part in node.values)
        elif isinstance(node, ast.Constant) and node not in docstrings:
            yield _said(node)


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return FORMAT_OF_LOGS.sub(FILLED_IN, node.value)
    return FILLED_IN
