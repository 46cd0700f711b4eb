"""What answers may have about them beside what is documented; given to a tenant by path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.sandbox.studio_openapi.application import Call

if TYPE_CHECKING:
    from tests.sandbox.studio_openapi.records import Record
    from tests.sandbox.studio_openapi.studio import Studio

Quirk = Callable[[Call, Any], Any]
"""Returns what is answered instead of a content."""


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


class ExtraFields:
    """The records of a list or a chunk have further fields, or others."""

    def __init__(self, **fields: Any) -> None:
        """Add fields."""
        self._fields = fields

    def __call__(self, call: Call, content: Any) -> Any:
        """Return copies of the records, with the fields."""
        if call.endpoint.envelope == "chunk":
            return {**content, "result": [{**one, **self._fields} for one in content["result"]]}
        return [{**one, **self._fields} for one in content]


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
            chunk = {**chunk, "result": [*map(dict, chunk["result"])]}
            self._happen(call.studio)
        return chunk
