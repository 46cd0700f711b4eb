"""Paths of endpoints, with names in braces for their variable parts."""

from __future__ import annotations


def match(pattern: str, path: str) -> dict[str, str] | None:
    """Return the variable parts of a path by name; None if it is another path."""
    names, parts = pattern.split("/"), path.split("/")
    if len(names) != len(parts):
        return None
    pairs = list(zip(names, parts, strict=True))
    if not all(name == part or (name.startswith("{") and part) for name, part in pairs):
        return None
    return {name[1:-1]: part for name, part in pairs if name.startswith("{")}
