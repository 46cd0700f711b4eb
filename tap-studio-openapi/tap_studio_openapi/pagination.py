"""How the API hands out long lists: in chunks, each with the offset of the next.

The offset is an id in some endpoints and a position in others; it is sent back as it came.
Source: the API's documentation, section "Data chunking".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tap_studio_openapi.errors import UnreadableError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator

    from tap_studio_openapi.client import Answer


class Chunk(msgspec.Struct, rename={"has_next": "hasNext"}):
    """A part of a list.

    Attributes:
        result: Its records.
        has_next: Whether there is more.
        offset: What to send for the next part; empty where there is none.
    """

    result: list[Any]
    has_next: bool | None = False
    offset: str | int | None = None

    def __post_init__(self) -> None:
        """Check the records, which would be copied if they were declared as objects.

        Raises:
            TypeError: One is something else.
        """
        for record in self.result:
            if not isinstance(record, dict):
                raise TypeError("a record is no object")


def chunk_of(answer: Answer) -> Chunk:
    """Read an answer as a chunk; a list that comes without its envelope is the only one.

    Raises:
        UnreadableError: It is neither.
    """
    body = {"result": answer.body} if isinstance(answer.body, list) else answer.body
    try:
        return msgspec.convert(body, Chunk)
    except msgspec.ValidationError as error:
        raise UnreadableError(
            f"{answer} That is no list as the API hands them out ({error})."
        ) from None


def chunks(
    ask: Callable[[dict[str, Any]], Chunk],
    slice_size: int,
    logger: logging.Logger,
    *,
    offset: str | None = None,
) -> Iterator[Chunk]:
    """Ask for one chunk after the other.

    The size stays the same from the first to the last, as another one would shift positions.

    Args:
        ask: Asks for the chunk that these parameters name.
        slice_size: How many records a chunk holds at most.
        logger: Where a list is announced that ends without saying so.
        offset: Where to begin, None for the beginning.

    Yields:
        Each chunk. A list ends where it says so, and also where it names no place to go on, or
        one at which it was before: asking there would never end.
    """
    been = {None, offset}
    while True:
        place = {} if offset is None else {"offset": offset}
        chunk = ask({**place, "sliceSize": slice_size})
        yield chunk
        if not chunk.has_next:
            return
        offset = str(chunk.offset) if chunk.offset not in {None, ""} else None
        if offset in been:
            logger.warning(
                "The server says that there is more, but names no new place to go on (offset %s); "
                "the list is taken for complete.",
                offset,
            )
            return
        been.add(offset)
