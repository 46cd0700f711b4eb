"""What chunks may have about them beside what is documented; given to a tenant by path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.call import Call
from tests.sandbox.studio_openapi.records import Record

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.studio import Studio

Quirk = Callable[[Call, Record], Record]
"""Returns what is answered instead of a chunk."""


class ShortChunks:
    """Chunks have fewer customers than were asked for."""

    def __init__(self, size: int) -> None:
        """Return so many customers at the most."""
        self._size = size

    def __call__(self, _: Call, chunk: Record) -> Record:
        """Return a part of a chunk."""
        if len(chunk["result"]) <= self._size:
            return chunk
        result = chunk["result"][: self._size]
        return {"result": result, "hasNext": True, "offset": str(result[-1]["id"])}


class HollowChunks:
    """Before each chunk with records comes one that has none and promises more.

    Its offset differs from the one asked for, as a number with zeros before it, and leads on.
    """

    def __call__(self, call: Call, chunk: Record) -> Record:
        """Empty a chunk when it is asked for the first time."""
        offset = call.arguments["offset"] or "0"
        if offset.startswith("00"):
            return chunk
        return {"result": [], "hasNext": True, "offset": f"00{offset}"}


class AfterChunk:
    """Something happens between the first chunk and the next, such as that rows come or go."""

    def __init__(self, happen: Callable[[Studio], object]) -> None:
        """Let something happen once; it is given the studio."""
        self._happen = happen
        self._has_happened = False

    def __call__(self, call: Call, chunk: Record) -> Record:
        """Let it happen once the chunk is cut."""
        if not self._has_happened:
            self._has_happened = True
            chunk = {**chunk, "result": list(chunk["result"])}
            self._happen(call.studio)
        return chunk
