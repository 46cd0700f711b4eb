"""Draw what is damaged of the files that a tap gets: its state, its settings, its catalog."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.fuzz import trees
from tests.fuzz.trees import KEYS, NOTHING, Check

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class DamagedFile:
    """A file and what is wrong with it.

    Attributes:
        kind: What is wrong, for the summary.
        detail: The same with its place.
        content: The bytes of the file.
        checks: What may be asked of the tap all the same.
    """

    kind: str
    detail: str
    content: bytes
    checks: Check

    @override
    def __str__(self) -> str:
        """Return what is wrong."""
        return self.detail


def damage_state(state: Mapping[str, Any], chance: random.Random) -> DamagedFile:
    """Damage a state; what a tap reads of it at all must lose nothing."""
    if not state or chance.random() < 0.25:
        name, content = chance.choice(list(_wrap_state(state)))
        return DamagedFile("state wrapping", f"state: {name}", content, KEYS)
    return _damage_object("state", state, chance, KEYS)


def damage_settings(settings: Mapping[str, Any], chance: random.Random) -> DamagedFile:
    """Damage settings; a tap may read something else by them."""
    return _damage_object("settings", settings, chance, NOTHING)


def damage_catalog(catalog: Mapping[str, Any], chance: random.Random) -> DamagedFile:
    """Damage a catalog; a tap may read something else by it."""
    damaged = copy.deepcopy(dict(catalog))
    if chance.random() < 0.1:
        for stream in damaged["streams"]:
            stream.pop("key_properties", None)
        content = json.dumps(damaged).encode()
        return DamagedFile("catalog keys", "catalog: keys in metadata alone", content, KEYS)
    stream = chance.choice(damaged["streams"])
    damage = trees.draw(stream, chance)
    assert damage is not None
    name = stream["tap_stream_id"]
    stream_text = damage.dump(copy.deepcopy(stream)).decode()
    rest = [json.dumps(one) for one in damaged["streams"] if one is not stream]
    content = f'{{"streams": [{", ".join([stream_text, *rest])}]}}'.encode()
    detail = f"catalog: {name}: {damage}"
    return DamagedFile(f"catalog {damage.kind}", detail, content, NOTHING)


def _damage_object(
    name: str, found: Mapping[str, Any], chance: random.Random, checks: Check
) -> DamagedFile:
    damage = trees.draw(dict(found), chance)
    assert damage is not None
    content = damage.dump(copy.deepcopy(dict(found)))
    return DamagedFile(f"{name} {damage.kind}", f"{name}: {damage}", content, checks)


def _wrap_state(state: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    text = json.dumps(state)
    yield "a STATE message", f'{{"type": "STATE", "value": {text}}}'.encode()
    yield "singer_state", f'{{"singer_state": {text}}}'.encode()
    yield "completed", f'{{"completed": {{"singer_state": {text}}}, "partial": {{}}}}'.encode()
    yield "a list", f"[{text}]".encode()
    yield "two lines", f"{text}\n{text}".encode()
    yield "text in quotes", json.dumps(text).encode()
    yield "empty", b""
    yield "null", b"null"
    yield "cut", text[: len(text) // 2].encode()
    yield "byte order mark", b"\xef\xbb\xbf" + text.encode()
    yield "UTF-16", text.encode("utf-16")
    yield "bookmarks null", b'{"bookmarks": null}'
    yield "bookmarks list", b'{"bookmarks": []}'
    yield "streams null", json.dumps({"bookmarks": dict.fromkeys(state["bookmarks"])}).encode()
    yield "streams lists", json.dumps({"bookmarks": {n: [] for n in state["bookmarks"]}}).encode()
