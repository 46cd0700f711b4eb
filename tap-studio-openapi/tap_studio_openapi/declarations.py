"""The table of all streams, ``streams.json``: what there is to know of each but how it is read.

Source: the API's documentation, of whose sections the paths, scopes and versions are.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final, Literal

import msgspec


class StreamDeclaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of the table.

    Attributes:
        record: What a record is.
        type: The class that reads the stream, by its name in ``streams``.
        path: The API's path; ``{customer_id}`` and the like are among the ids of a partition.
        scopes: What a key needs, any one of them.
        keys: The primary key behind ``studio_id``.
        since: The API's version that brought the endpoint, if a server may be older.
        slice_size: How many records a chunk holds; None where the list comes whole.
        personal: Whether some of its fields, or all of it but ids, are about persons.
        selected: Whether it is read unless it is deselected.
        keeps_unknown_fields: Whether unknown fields are kept unless they must fail.
        has_studio_name: Whether records have the name of their studio, as some targets take no
            table whose columns are all in its key.
    """

    record: str
    type: str = "StudioStream"
    path: str
    scopes: tuple[str, ...]
    keys: tuple[str, ...] = ("id",)
    since: str | None = None
    slice_size: int | None = None
    personal: Literal["none", "some", "all"] = "none"
    selected: bool = True
    keeps_unknown_fields: bool = False
    has_studio_name: bool = False


DECLARATIONS: Final = msgspec.json.decode(
    files("tap_studio_openapi").joinpath("streams.json").read_bytes(),
    type=dict[str, StreamDeclaration],
)
"""The streams by name, in the order in which the README lists them."""
