"""Damage JSON at a random place."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING, Any, TypeAlias

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Path: TypeAlias = "tuple[str | int, ...]"

STRUCTURE = re.compile(
    r"id|.*(Id|_id|_ID)|hasNext|offset|more|total.*|page.*|currentPage|lastPage|nextPageUrl|items"
    r"|_links|_embedded|next|result|data|last_hit_id|num_rows|status|code|externalId|name|flights"
    r"|finished_at|day|hour|date|.*DateTime|replication_key_value|context|bookmarks|partitions"
)
"""Names of fields on which it depends which records there are."""
OTHER_TYPES: tuple[Any, ...] = ("x", "", 7, -1, 0.5, True, False, [], {}, [1], {"a": 1}, [None])
CURSORS = {"last_hit_id", "first_hit_id", "num_rows", "replication_key_value"}
HUGE = (2**63, 10**30, -(2**63) - 1, 10**12)
BAD_TEXTS = ("\ud83d", "\ufeff", "\x00", "\u2028", "a" * 70_000, " ", "é" * 3)
BAD_DATES = ("2026-02-30", "0000-00-00", "", "0001-01-01", "2999-01-01", "2999-01-01T00:00:00Z")
MAPS = (("data",), ("available",), ("activated",))
"""Names of objects that may hold rows by their ids."""
DATE = re.compile(r"\d{4}-\d\d-\d\d")
DEPTH = 5000
DEEP = '"deep\ue000"'
"""What stands in JSON for a value with many levels."""


class Check(Flag):
    """What a trial may ask for besides that the output is valid.

    Attributes:
        RUN: A run that ends with 0 has read everything.
        NEXT: Nothing is missing after the next run.
        VALUES: The records are equal, and there are no others.
    """

    RUN = auto()
    NEXT = auto()
    VALUES = auto()


NOTHING = Check(0)
KEYS = Check.RUN | Check.NEXT
ALL = KEYS | Check.VALUES


@dataclass(frozen=True)
class Damage:
    """A change of JSON.

    Attributes:
        kind: What is done, in a word or two.
        path: Where.
        apply: Does it, to what the place is in and to its name or number there.
        checks: What may be asked for afterwards.
        detail: What comes there, for people.
    """

    kind: str
    path: Path
    apply: Callable[[Any, Any], None]
    checks: Check
    detail: str = ""

    @override
    def __str__(self) -> str:
        """Return the place and what is done there."""
        place = ".".join(map(str, self.path))
        return f"{self.kind} at {place}{f': {self.detail}' if self.detail else ''}"

    def dump(self, tree: Any) -> bytes:
        """Damage a tree if it has the place, and return it as JSON."""
        place = tree
        for step in self.path[:-1]:
            if not _has(place, step):
                return json.dumps(tree).encode()
            place = place[step]
        if _has(place, self.path[-1]):
            self.apply(place, self.path[-1])
        text = json.dumps(tree)
        return text.replace(json.dumps("deep\ue000"), "[" * DEPTH + "]" * DEPTH).encode()


def draw(tree: Any, chance: random.Random, counters: frozenset[str] = frozenset()) -> Damage | None:
    """Draw a damage.

    Args:
        tree: JSON of the form that will be damaged.
        chance: Where numbers are drawn.
        counters: Fields that state how many rows there are.

    Returns:
        The damage; None if there is nothing to damage.
    """
    places = list(_list_places(tree))
    if not places:
        return None
    structure = [place for place in places if _is_structure(*place)]
    path, parent = chance.choice(structure if structure and chance.random() < 0.7 else places)
    is_counted = not counters.isdisjoint(_collect_names(tree))
    return chance.choice(list(_list_damages(path, parent, chance, counters, is_counted=is_counted)))


def _list_places(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path of each value, and what the value is in."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(tree, dict):
        items = list(tree.items())
    elif isinstance(tree, list):
        items = list(enumerate(tree))
    for name, value in items:
        yield (*path, name), tree
        yield from _list_places(value, (*path, name))


def _has(place: Any, step: Any) -> bool:
    """Return whether a step leads on from a place."""
    if isinstance(place, dict):
        return step in place
    return isinstance(place, list) and isinstance(step, int) and step < len(place)


def _is_structure(path: Path, parent: Any) -> bool:
    name = path[-1]
    is_named = isinstance(name, str) and STRUCTURE.fullmatch(name) is not None
    return is_named or len(path) == 1 or isinstance(parent[name], dict | list)


def _collect_names(tree: Any) -> set[str]:
    return {name for path, _ in _list_places(tree) for name in path if isinstance(name, str)}


def _list_damages(
    path: Path, parent: Any, chance: random.Random, counters: frozenset[str], *, is_counted: bool
) -> Iterator[Damage]:
    name = path[-1]
    value = parent[name]
    yield Damage("null", path, _build_setter(None), KEYS)
    other = chance.choice([one for one in OTHER_TYPES if _is_other(value, one)])
    is_text = isinstance(value, str) and isinstance(other, int | float)
    for _ in range(2):
        checks = NOTHING if is_text else KEYS
        yield Damage("other type", path, _build_setter(other), checks, json.dumps(other))
    if isinstance(name, str):
        is_row = path[-2:-1] in MAPS
        removal = KEYS if is_counted or not is_row else NOTHING
        yield Damage("removed", path, lambda place, one: place.pop(one), removal)
        yield Damage("renamed", path, _rename, NOTHING if is_row else KEYS)
    if chance.random() < 0.1:
        yield Damage("deep", path, _build_setter(json.loads(DEEP)), KEYS)
    if isinstance(value, dict | list) and len(value) > 1:
        yield from _damage_rows(path, value, chance, is_counted=is_counted)
    elif value is False:
        yield Damage("true", path, _build_setter(value=True), KEYS)
    elif isinstance(value, int | float):
        yield from _damage_number(path, parent, chance, counters)
    elif isinstance(value, str):
        yield from _damage_text(path, value, chance)


def _damage_number(
    path: Path, parent: Any, chance: random.Random, counters: frozenset[str]
) -> Iterator[Damage]:
    huge = chance.choice(HUGE)
    checks = Check.NEXT if path[-1] in CURSORS else NOTHING
    yield Damage("huge", path, _build_setter(huge), checks, str(huge))
    if counters and isinstance(parent, dict) and not parent.keys().isdisjoint(counters):
        for _ in range(3):
            shifted = parent[path[-1]] + chance.choice((-2, -1, 1, 2, 5))
            yield Damage("counter", path, _build_setter(shifted), ALL, str(shifted))


def _damage_text(path: Path, value: str, chance: random.Random) -> Iterator[Damage]:
    if DATE.match(value):
        bad = chance.choice(BAD_DATES)
        yield Damage("date", path, _build_setter(bad), Check.NEXT, bad)
    elif path[-1] != "offset":
        bad = chance.choice(BAD_TEXTS)
        yield Damage("text", path, _build_setter(bad), NOTHING, ascii(bad[:20]))
        yield Damage("text", path, _build_setter(value + bad), NOTHING, f"… + {bad[:20]!a}")


def _damage_rows(
    path: Path, value: Any, chance: random.Random, *, is_counted: bool
) -> Iterator[Damage]:
    checks = ALL if len(path) <= 2 else KEYS
    seed = chance.random()
    yield Damage("reordered", path, _reorder(seed), checks)
    if isinstance(value, list):
        place = chance.randrange(len(value))
        yield Damage("doubled", path, _double(place), checks, f"row {place}")
    if is_counted and len(path) <= 2:
        yield Damage("rows removed", path, _shorten, KEYS)


def _is_other(value: Any, other: Any) -> bool:
    """Return whether a value has another type, and does not say that there is nothing."""
    if isinstance(value, dict | list):
        return other not in ([], {})
    if isinstance(value, bool):
        return not isinstance(other, bool)
    if isinstance(value, int | float) or value is None:
        return isinstance(other, bool) or not isinstance(other, int | float)
    return not isinstance(other, str)


def _build_setter(value: Any) -> Callable[[Any, Any], None]:
    def apply(place: Any, name: Any) -> None:
        place[name] = value

    return apply


def _rename(place: Any, name: Any) -> None:
    place[f"{name}X"] = place.pop(name)


def _reorder(seed: float) -> Callable[[Any, Any], None]:
    def apply(place: Any, name: Any) -> None:
        value = place[name]
        items = list(value.items() if isinstance(value, dict) else value)
        random.Random(seed).shuffle(items)  # noqa: S311
        place[name] = dict(items) if isinstance(value, dict) else items

    return apply


def _double(row: int) -> Callable[[Any, Any], None]:
    def apply(place: Any, name: Any) -> None:
        rows = place[name]
        place[name] = [*rows, *rows[row : row + 1]]

    return apply


def _shorten(place: Any, name: Any) -> None:
    items = list(place[name].items() if isinstance(place[name], dict) else place[name])[:-1]
    place[name] = dict(items) if isinstance(place[name], dict) else items
