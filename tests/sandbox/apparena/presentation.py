"""From stored rows to the records of one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import relations
from tests.sandbox.apparena.distortion import distortions
from tests.sandbox.apparena.links import LINKS

if TYPE_CHECKING:
    from tests.sandbox.apparena.data import Row
    from tests.sandbox.apparena.instance import Call

AUDIT = frozenset(
    {
        "created",
        "updated",
        "deletedAt",
        "createdFromIp",
        "updatedFromIp",
        "createdBy",
        "updatedBy",
    }
)
"""The fields that say when and by whom a row was changed."""

_INTERNAL = {"version": frozenset({"versionId"}), "language": frozenset({"activated"})}
"""Fields by kind of record that only relations show."""


class Presenter:
    """Makes records, all for the same request."""

    def __init__(self, call: Call) -> None:
        """Prepares what is the same for all records."""
        endpoint, options = call.endpoint, call.options
        self._data, self._entity = call.data, endpoint.entity
        self._hidden = (_hidden(call) - options.fields) | options.exclude
        self._fields = options.fields
        self._relations = options.relations
        self._distort = distortions(endpoint, call.quirks)
        self._base = call.links_base
        # Channels of companies come without envelope and without links.
        bare = endpoint.container == "bare_array"
        self._links = None if bare else LINKS.get(endpoint.entity)
        self._by_version_id = endpoint.path == "/companies/{companyId}/templates"

    def record(self, row: Row) -> dict[str, Any]:
        """One row as it is shown."""
        fields = row
        if self._by_version_id:
            fields = relations.template_with_version_id(self._data, row)
        hidden = self._hidden
        shown = {name: value for name, value in fields.items() if name not in hidden}
        if self._fields:
            shown = {name: value for name, value in shown.items() if name in self._fields}
        for name in self._relations:
            shown[name] = relations.related(self._data, self._entity, row, name)
        for distort in self._distort:
            distort(shown)
        if self._links is not None:
            shown["_links"] = self._links(self._base, row)
        return shown


def _hidden(call: Call) -> frozenset[str]:
    """The fields that are not shown unless they are asked for by name."""
    endpoint, quirks = call.endpoint, call.quirks
    if endpoint.container == "bare_array":
        hidden = AUDIT & {"deletedAt"}
    else:
        hidden = frozenset() if quirks.audit else AUDIT
        hidden |= frozenset({"meta"} if endpoint.entity == "channel" else ())
    if quirks.deleted_rows:
        hidden -= {"deletedAt"}
    return hidden | _INTERNAL.get(endpoint.entity, frozenset())
