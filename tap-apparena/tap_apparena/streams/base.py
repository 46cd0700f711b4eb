"""What all streams have in common: options, records as laid out, unknown fields, state."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from tap_apparena.client import AppArenaClient
from tap_apparena.own_schema import OwnSchemaStream
from tap_apparena.records import Layout
from tap_apparena.streams.parted import PartedStream
from tap_apparena.truthful_state import TruthfulStream
from tap_apparena.unknown_fields import UnknownFields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_apparena.client import Parameters
    from tap_apparena.fields import Field
    from tap_apparena.tap import TapAppArena


class AppArenaStream(PartedStream, TruthfulStream, OwnSchemaStream, AppArenaClient):
    """A stream of one App-Manager.

    Attributes:
        fields: Its fields.
        can_filter: Whether the setting `filters` may name it.
        relations: What the setting `relations` may name for it.
    """

    fields: ClassVar[Mapping[str, Field]]
    can_filter: ClassVar[bool] = False
    relations: ClassVar[Sequence[str]] = ()
    _tap: TapAppArena

    @override
    def __init__(self, tap: TapAppArena) -> None:
        self.layout = Layout(
            self.fields,
            self.primary_keys,
            tap.relations.get(self.name, ()),
            with_personal_data=tap.config["include_personal_data"],
            with_unknown=tap.config["unknown_fields"] == "keep",
        )
        super().__init__(tap, schema=self.layout.schema)
        self.unknown_fields = UnknownFields(
            tap.config["unknown_fields"], self.layout.names, self.logger
        )

    @abstractmethod
    def read(self, context: Context | None) -> Iterable[Record]:
        """Read the records.

        Args:
            context: The parent, None if there is none.
        """

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        if self.is_over:
            return
        part = " ".join(str(value) for value in (context or {}).values())
        with self.whole(), self.alone(part):
            yield from self.read(context)

    def order_by(self, field: str, *, descending: bool = False) -> Parameters:
        """Give the option that asks for an order, in the way that the settings say."""
        match self.config["order_style"]:
            case "orderasc":
                return [("orderdesc" if descending else "orderasc", field)]
            case "orderBy":
                return [("orderBy[DESC]" if descending else "orderBy[ASC]", field)]
            case _:
                return []

    @property
    def asks_for_order(self) -> bool:
        """Whether the settings want any order."""
        return bool(self.config["order_style"] != "none")

    @property
    def options(self) -> Parameters:
        """The relations and filters that the settings want."""
        related = self._tap.relations.get(self.name)
        return [
            *([("rel", ",".join(related))] if related else []),
            *self._tap.filters.get(self.name, ()),
        ]
