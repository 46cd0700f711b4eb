"""Streams that are read anew for each app, template, version or company."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from singer_tapkit.child_stream import ChildStream
from singer_tapkit.errors import ApiError
from tap_apparena.pagination import PagedList
from tap_apparena.streams.base import AppArenaStream

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.prefetch import PendingRequests
    from tap_apparena.client import Params
    from tap_apparena.page import Row


class ChildListStream(ChildStream, AppArenaStream):
    """A stream with at least one request for each parent, some of which threads send ahead.

    Rows can be inherited, so that the ids in them do not show whom they were asked for: the ids in
    the path go into each record besides.
    """

    state_partitioning_keys = ()
    ignore_parent_replication_key = False
    selected_by_default = False
    absences: ClassVar = {HTTPStatus.NOT_FOUND: "gone meanwhile"}

    @property
    def languages(self) -> Sequence[str]:
        """The locales to ask for; an empty one leaves the choice to the server."""
        return ("",)

    @override
    def check_connection(self) -> bool:
        """Check the list of parents, which is read even if it is not selected itself."""
        for parent in self._tap.streams.values():
            is_parent = type(parent) is self.parent_stream_type
            if is_parent and isinstance(parent, AppArenaStream) and not parent.selected:
                parent.check_connection()
        return False

    @override
    def submit(self, context: Context, pending: PendingRequests) -> None:
        """Let threads read what belongs to a parent, and what belongs to that."""
        if self.status.is_over:
            return
        for language in self.languages:
            read = partial(self._fetch_deeply, context, language, pending)
            pending.submit(self._part(context, language), read)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        context = context or {}
        ids = {name: value for name, value in context.items() if name in self.schema["properties"]}
        seen: set[Hashable] = set()
        for language in self.languages:
            read = partial(self.fetch_rows, context, language)
            try:
                rows = self.resources.prefetcher.result(self._part(context, language), read)
            except ApiError as error:
                if error.status not in self.absences:
                    raise
                self.record_skip(self.absences[error.status], str(error))
                continue
            for key, row in rows:
                if key not in seen:
                    seen.add(key)
                    yield {**self.prepare_row(row), **ids}

    def fetch_rows(self, context: Context, language: str) -> list[tuple[Hashable, Row]]:
        """Return the rows of a parent in one language, each with what identifies it.

        This may run in a thread, and touches no state.

        Raises:
            ExtractionError: They cannot be read.
        """
        params = self.params_of(context)
        if language:
            params.append(("lang", language))
        return self.client.get_list(self.path.format(**context), params, self.id_field).rows

    def params_of(self, context: Context) -> Params:
        """Return the query of each request for a parent."""
        version = context.get("sourceVersion")
        return [*([("version", version)] if version else []), *self.options]

    def _fetch_deeply(
        self, context: Context, language: str, pending: PendingRequests
    ) -> list[tuple[Hashable, Row]]:
        rows = self.fetch_rows(context, language)
        for child in self.children_to_read:
            for _, row in rows:
                child.submit(self.get_child_context(row, context) or {}, pending)
        return rows

    def _part(self, context: Context, language: str) -> Hashable:
        return (self.name, language, *sorted(context.items()))


class PagedChildStream(ChildListStream):
    """A stream with a list of pages for each parent; integer ids rise with each new row."""

    can_filter = True

    @override
    def fetch_rows(self, context: Context, language: str) -> list[tuple[Hashable, Row]]:
        fetch = partial(self.fetch_page, self.path.format(**context), self.params_of(context))
        orders = self.resources.orders if self.id_field.id_type is int else {}
        pages = PagedList(fetch, orders, self.logger)
        return [(listed.id, listed.row) for listed in pages.read()]
