"""Records fit the schema that is announced, whatever settings a catalog was made under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.singerlib import Schema
from singer_sdk.streams import Stream
from typing_extensions import override

if TYPE_CHECKING:
    from singer_sdk.singerlib import Catalog


class OwnSchemaStream(Stream):
    """A stream whose schema follows from the settings alone."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        """Apply a catalog, but for its schema, which may have been made under other settings."""
        if entry := catalog.get_stream(self.name):
            entry.schema = Schema.from_dict(self.schema)
        super().apply_catalog(catalog)
