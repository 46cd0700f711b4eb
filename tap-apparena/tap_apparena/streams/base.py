"""What all streams have in common: the client, the options of requests, rows made ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from singer_tapkit.schemas import load_schema
from singer_tapkit.stream import BaseStream
from tap_apparena.fields import EXCLUDED_FIELDS, PERSONAL_FIELDS, parse_meta
from tap_apparena.page import IdField
from tap_apparena.relations import RELATION_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context

    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.prefetch import PendingRequests, Prefetcher
    from tap_apparena.client import AppArenaClient, Params
    from tap_apparena.page import Page, Row


@dataclass(frozen=True)
class Resources:
    """What all streams of a run share.

    Attributes:
        client: Sends requests.
        failures: Where failures are collected.
        prefetcher: Sends requests of child streams ahead of their turn.
        orders: The options for an order that the server may obey.
        filters: The parameters that the setting `filters` wants, by stream.
        relations: The relations that the setting `relations` wants, by stream.
    """

    client: AppArenaClient
    failures: FailureCollector
    prefetcher: Prefetcher
    orders: dict[str, None]
    filters: Mapping[str, Params]
    relations: Mapping[str, Sequence[str]]


class AppArenaStream(BaseStream):
    """A stream of one App-Manager.

    Attributes:
        path: Where its rows are, below the base URL; names in braces are those of the context.
        can_filter: Whether the setting `filters` may name it.
        relations: What the setting `relations` may name for it.
        own_keys: Its primary key, whatever a catalog names.
    """

    path: ClassVar[str]
    can_filter: ClassVar[bool] = False
    relations: ClassVar[Sequence[str]] = ()
    reports_local_times = False

    def __init__(self, tap: Tap, resources: Resources) -> None:
        """Prepare the schema."""
        related = resources.relations.get(self.name, ())
        schema = load_schema("tap_apparena", self.name)
        schema["properties"].update({name: dict(RELATION_SCHEMA) for name in related})
        personal = frozenset() if tap.config["include_personal_data"] else PERSONAL_FIELDS
        super().__init__(
            tap,
            schema,
            failures=resources.failures,
            excluded=EXCLUDED_FIELDS | personal,
        )
        self.own_keys = tuple(self.primary_keys)
        self.resources = resources
        resources.prefetcher.on_wait = self.write_pending_state
        self.client = resources.client
        self.options: Params = [
            *([("rel", ",".join(related))] if related else []),
            *resources.filters.get(self.name, ()),
        ]

    @property
    def id_field(self) -> IdField:
        """What identifies a row among those of one response."""
        return IdField((self.own_keys[-1],))

    @property
    def children_to_read(self) -> list[AppArenaStream]:
        """The children that are selected, or have children that are."""
        return [
            child
            for child in self.child_streams
            if isinstance(child, AppArenaStream)
            and (child.selected or child.has_selected_descendents)
        ]

    @property
    def is_read(self) -> bool:
        """Whether its own rows are asked for, to write them or for its children."""
        return self.selected or bool(self.children_to_read)

    def submit(self, context: Context, pending: PendingRequests) -> None:
        """Let threads read what belongs to a parent; a stream without parent has none."""

    def submit_children(self, context: Context, pending: PendingRequests) -> None:
        """Let threads read what the children need for a record."""
        for child in self.children_to_read:
            child.submit(context, pending)

    def fetch_page(self, path: str, options: Params, number: int, order: str) -> Page:
        """Return a page, from 1, of the list at a path; an option asks for an order by id."""
        params = [
            ("page", str(number)),
            ("items", str(self.config["page_size"])),
            *([(order, self.id_field.names[0])] if order else []),
            *options,
        ]
        return self.client.get_page(path, params, self.id_field)

    def prepare_row(self, row: Row) -> Row:
        """Return a row as its schema wants it, as far as types do not show it."""
        row.pop("_links", None)
        if "meta" in row:
            row["meta"] = parse_meta(row["meta"])
        return row
