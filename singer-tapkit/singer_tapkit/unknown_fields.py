"""Fields that the schema lacks: taken out of rows, reported, and kept where that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from singer_tapkit.schemas import remove_fields

if TYPE_CHECKING:
    from singer_tapkit.row_reporter import RowReporter

UNKNOWN_FIELDS: Final = "unknown_fields"
"""The property that holds the unknown fields of a record under the policy ``keep``."""

UNKNOWN_FIELDS_SCHEMA: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "additionalProperties": True,
    "description": "Fields that the server sends and this tap does not know yet.",
}


@dataclass(frozen=True)
class UnknownFields:
    """Takes unknown and excluded fields out of one kind of object.

    Attributes:
        known: The fields that the schema has.
        excluded: The excluded fields of all objects.
        excluded_here: The names of those that are meant in these objects.
        path: What stands before a name in reports.
        is_kept: Whether the unknown fields are written.
        reporter: Where they are reported.
    """

    known: frozenset[str]
    excluded: frozenset[str]
    excluded_here: frozenset[str]
    path: str
    is_kept: bool
    reporter: RowReporter

    def take(self, value: dict[str, Any]) -> dict[str, Any]:
        """Remove unknown and excluded fields from an object, and report the unknown ones.

        Returns:
            Those that are kept, without excluded fields in them.
        """
        for name in self.excluded_here.intersection(value):
            del value[name]
        if self.known.issuperset(value):
            return {}
        names = sorted(value.keys() - self.known)
        self.reporter.report_unknown([self.path + name for name in names], is_kept=self.is_kept)
        unknown = {name: value.pop(name) for name in names}
        if not self.is_kept:
            return {}
        return {name: remove_fields(self.excluded, inner, name) for name, inner in unknown.items()}
