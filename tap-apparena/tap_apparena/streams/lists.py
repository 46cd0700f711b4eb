"""The lists of what the caller's company owns, from which all else hangs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from typing_extensions import override

from singer_tapkit import checkpoint
from singer_tapkit.errors import ExtractionError
from tap_apparena import old_checkpoint
from tap_apparena.pagination import PagedList, Position
from tap_apparena.streams.base import AppArenaStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog

    from singer_tapkit.prefetch import PendingRequests
    from tap_apparena.pagination import ListedRow
    from tap_apparena.streams.base import Resources

CONNECTION_SETTINGS: Final = {
    "jwt",
    "max_concurrency",
    "max_retries",
    "request_timeout",
    "user_agent",
}
"""Settings that change no record; a token is another every two hours."""

MAX_CHECKPOINT_AGE: Final = timedelta(hours=24)
READ_FROM: Final = "tap_apparena_read_from"


class ListStream(AppArenaStream):
    """A list that is read page by page, each time as a whole or for new ids alone.

    Attributes:
        child_key: What its children call the id of the record that they belong to.
    """

    child_key: ClassVar[str]
    can_filter = True

    @override
    def __init__(self, tap: Tap, resources: Resources) -> None:
        super().__init__(tap, resources)
        (self._id,) = self.primary_keys
        self.reads_new_ids = tap.config["incremental_mode"] == "new_ids"
        self._has_children = False
        self.replication_key = self._id if self.reads_new_ids else None

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        """Apply a catalog, but leave it to the settings whether new ids are enough."""
        super().apply_catalog(catalog)
        self.replication_key = self._id if self.reads_new_ids else None
        self.forced_replication_method = None

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context:
        return {self.child_key: record[self._id]}

    @override
    def generate_child_contexts(
        self, record: Record, context: Context | None
    ) -> Iterator[Context | None]:
        """Yield the context for children, if any are read for the records of this list."""
        if self._has_children:
            yield self.get_child_context(record, context)

    @property
    def is_parent(self) -> bool:
        """Whether children are read for its records."""
        return bool(self.children_to_read)

    @override
    def check_connection(self) -> bool:
        if self.is_read:
            self.client.get_page(self.path, [("page", "1"), ("items", "1")], self.id_field)
        return self.selected

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        self._has_children = self.is_parent
        return self._read_new(context) if self.reads_new_ids else self._read_all(context)

    def _read_all(self, context: Context | None) -> Iterator[Record]:
        """Read the whole list, keeping in the state how far it is read until all of it is."""
        state = self.get_context_state(context)
        digest = self._convert_old_checkpoint(state)
        found = checkpoint.load(state, Position, settings=digest, max_age=MAX_CHECKPOINT_AGE)
        started_at = found.started_at if found else datetime.now(UTC)
        rows = self._list_rows(position=found.position if found else None)
        for _, row, position in self._prefetch_children(rows.read()):
            yield self.prepare_row(row)
            if position and not self.has_lost_children:
                checkpoint.save(state, position, settings=digest, started_at=started_at)
                self.write_state()
        checkpoint.clear(state)

    def _read_new(self, context: Context | None) -> Iterator[Record]:
        """Read what has higher ids than before, and note up to where, once all is out."""
        bookmark = self._highest_before(context)
        rows = self._list_rows(until=bookmark or 0)
        for an_id, row, _ in rows.read():
            if bookmark is None or an_id > bookmark:
                yield self.prepare_row(row)
        if bookmark and 0 < (rows.complete_up_to or 0) < bookmark:
            self.logger.warning(
                "All ids on the server are below the bookmark %s in the state: it counts anew, or "
                "the newest rows were deleted. Reading the whole list.",
                f"{bookmark:,}",
            )
            bookmark = None
            rows = self._list_rows(until=0)
            for _, row, _ in rows.read():
                yield self.prepare_row(row)
        if rows.complete_up_to is None:
            self.logger.info("The bookmark stays where it was, as new rows may be missing.")
            return
        self.get_context_state(context)[READ_FROM] = self._read_from
        self.advance_bookmark(context, max(rows.complete_up_to, bookmark or 0))

    def _list_rows(self, **options: Any) -> PagedList:
        fetch = partial(self.fetch_page, self.path, self.options)
        return PagedList(fetch, self.resources.orders, self.logger, **options)

    def _prefetch_children(self, rows: Iterator[ListedRow]) -> Iterable[ListedRow]:
        if not self.is_parent:
            return rows

        def submit(listed: ListedRow, pending: PendingRequests) -> None:
            self.submit_children({self.child_key: listed.id}, pending)

        return self.resources.prefetcher.prefetch(rows, submit)

    def _highest_before(self, context: Context | None) -> int | None:
        """Return the id up to which all was read before; None for everything.

        Raises:
            ExtractionError: The state holds something else.
        """
        value = self.get_bookmark(context)
        read_from = self.get_context_state(context).get(READ_FROM, self._read_from)
        if value is None or read_from != self._read_from:
            return None
        if type(value) is not int:
            raise ExtractionError(
                "the bookmark in the state is wrong, as it is no id. Delete it to read everything."
            )
        return value

    @property
    def _read_from(self) -> dict[str, Any]:
        """What a bookmark holds for: the rows of one server that pass the filters."""
        wanted = [f"{name}={value}" for name, value in self.resources.filters.get(self.name, ())]
        return {"api_url": self.client.base_url, "filters": wanted}

    def _convert_old_checkpoint(self, state: dict[str, Any]) -> str:
        """Return a digest of all that decides which records come, and from where.

        A checkpoint of version 0.1 gets it, if it was written under the same settings.
        """
        selected = {
            stream.name: sorted(str(field) for field, wanted in stream.mask.items() if wanted)
            for stream in [self, *self.descendent_streams]
            if stream.selected
        }
        config = {
            name: value for name, value in self.config.items() if name not in CONNECTION_SETTINGS
        }
        digest = checkpoint.settings_digest([config, selected])
        if not old_checkpoint.convert(state, config, selected, settings=digest):
            self.logger.info(
                "Reading the list from its first page, as the checkpoint of version 0.1 in the "
                "state is not known to hold for the present settings."
            )
        return digest


class Apps(ListStream):
    """What end customers run."""

    name = "apps"
    path = "/apps"
    primary_keys = ("appId",)
    child_key = "sourceAppId"
    relations = ("company", "template", "languages")


class Templates(ListStream):
    """What apps inherit from."""

    name = "templates"
    path = "/templates"
    primary_keys = ("templateId",)
    child_key = "sourceTemplateId"
    relations = ("company", "parentTemplate", "versions", "languages")


class Projects(ListStream):
    """The lines of apps, each with its versions."""

    name = "projects"
    path = "/projects"
    primary_keys = ("projectId",)
    child_key = "sourceProjectId"
    relations = ("company", "versions")


class Customers(ListStream):
    """The companies below the caller's; the streams of a company are read for each of them."""

    name = "customers"
    path = "/customers"
    primary_keys = ("companyId",)
    child_key = "sourceCompanyId"
    relations = ("channels",)

    @property
    def _company_ids(self) -> list[int]:
        """The companies that the settings name, each once."""
        return list(dict.fromkeys(self.config.get("company_ids") or ()))

    @property
    @override
    def is_parent(self) -> bool:
        return super().is_parent and not self._company_ids

    @property
    @override
    def is_read(self) -> bool:
        return self.selected or self.is_parent

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if self.children_to_read:
            contexts: list[Context] = [{self.child_key: number} for number in self._company_ids]
            for one in self.resources.prefetcher.prefetch(contexts, self.submit_children):
                self._sync_children(one)
        if self.is_read:
            yield from super().read(context)


class Companies(ListStream):
    """All companies of a store."""

    name = "companies"
    path = "/companies"
    primary_keys = ("companyId",)
    selected_by_default = False
    relations = ("channels",)
