"""What all streams have in common: records with all fields, personal data or none, state."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_gotom.client import GoTomClient
from tap_gotom.errors import AnswerError
from tap_gotom.own_schema import OwnSchemaStream
from tap_gotom.personal_data import leave_out_of_record, leave_out_of_schema
from tap_gotom.streams.parted import PartedStream
from tap_gotom.truthful_state import TruthfulStream
from tap_gotom.unknown_fields import KEPT_AS, KEPT_SCHEMA, UnknownFields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk import typing as th
    from singer_sdk.helpers.types import Context, Record

    from tap_gotom.tap import TapGoTom


class GoTomStream(PartedStream, TruthfulStream, OwnSchemaStream, GoTomClient):
    """A stream of one instance.

    Attributes:
        properties: Its fields.
        personal: Those that tell about persons, named as in `personal_data`.
    """

    properties: ClassVar[th.PropertiesList]
    personal: ClassVar[tuple[str, ...]] = ()
    final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    _tap: TapGoTom

    @override
    def __init__(self, tap: TapGoTom, schema: dict[str, Any] | None = None) -> None:
        schema = schema or self.properties.to_dict()
        self._left_out = () if tap.config["include_personal_data"] else self.personal
        leave_out_of_schema(schema, self._left_out)
        if tap.config["unknown_fields"] == "keep":
            schema["properties"][KEPT_AS] = KEPT_SCHEMA
        super().__init__(tap, schema=schema)
        self.unknown_fields = UnknownFields(
            tap.config["unknown_fields"], schema["properties"], self.logger
        )
        self._nulls = dict.fromkeys(schema["properties"])

    def read(self, context: Context | None) -> Iterable[Record]:
        """Read the records, by default the pages of a list.

        Args:
            context: The part to read, None if there is only one.

        Returns:
            The records; fields that they lack become null.
        """
        return self.request_records(context)

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        if self.is_over:
            return
        part = " ".join(str(value) for value in (context or {}).values())
        with self.whole(), self.alone(part):
            for record in self.read(context):
                leave_out_of_record(record, self._left_out)
                self.unknown_fields.apply(record)
                yield {**self._nulls, **record}
        if context is None:
            self.write_state()

    def answers(self) -> bool:
        """Ask for the beginning of the list, and tell whether it is there."""
        try:
            self.retrying(self.once)(self.path)
        except AnswerError as error:
            if error.status not in self.absences:
                raise
            return False
        return True
