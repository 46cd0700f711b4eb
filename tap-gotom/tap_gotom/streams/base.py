"""What all streams have in common: failures that stay alone, things that are not there, state."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

import requests
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from typing_extensions import override

from tap_gotom.client import GoTomClient
from tap_gotom.errors import UNEXPECTED, AnswerError, told
from tap_gotom.own_schema import OwnSchemaStream
from tap_gotom.personal_data import leave_out_of_record, leave_out_of_schema
from tap_gotom.truthful_state import TruthfulStream
from tap_gotom.unknown_fields import KEPT_AS, KEPT_SCHEMA, UnknownFields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from singer_sdk import typing as th
    from singer_sdk.helpers.types import Context, Record

    from tap_gotom.tap import TapGoTom

FAILURES = (FatalAPIError, RetriableAPIError, requests.RequestException, *UNEXPECTED)
FOR_ALL_PARTS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
MOST_FAILURES_IN_A_ROW = 3


class GoTomStream(TruthfulStream, OwnSchemaStream, GoTomClient):
    """A stream, read in one part or in many.

    Attributes:
        properties: Its fields.
        personal: Those that tell about persons, named as in `personal_data`.
        absences: The statuses by which the server says that something is not there, and what.
    """

    properties: ClassVar[th.PropertiesList]
    personal: ClassVar[tuple[str, ...]] = ()
    absences: ClassVar[Mapping[int, str]] = {}

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
        self._absent: Counter[str] = Counter()
        self._failures_in_a_row = 0
        self._is_over = False

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
        if self._is_over:
            return
        try:
            with self.alone(" ".join(str(value) for value in (context or {}).values())):
                for record in self.read(context):
                    leave_out_of_record(record, self._left_out)
                    self.unknown_fields.apply(record)
                    yield {**self._nulls, **record}
        except FAILURES as error:
            self._is_over = True
            self._fail("", error)
        if context is None:
            self.write_state()

    def check_access(self) -> bool:
        """Check that the stream may be read, if one request can tell.

        Returns:
            Whether it can; by default it cannot.

        Raises:
            FatalAPIError: It may not be read.
        """
        return False

    def answers(self) -> bool:
        """Ask for the beginning of the list, and tell whether it is there."""
        try:
            self.retrying(self.once)(self.path)
        except AnswerError as error:
            if error.status not in self.absences:
                raise
            return False
        return True

    @contextmanager
    def alone(self, part: str) -> Iterator[None]:
        """Let a part be absent or fail without harm to the others.

        Args:
            part: What it is called in messages.

        Raises:
            FatalAPIError: All other parts would fail as well.
        """
        try:
            yield
        except FAILURES as error:
            status = error.status if isinstance(error, AnswerError) else None
            if status is not None and status in self.absences:
                self.skip(self.absences[status], f"{part} {error}")
                return
            self._failures_in_a_row += 1
            if status in FOR_ALL_PARTS or self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
                raise
            self._fail(part, error)
        else:
            self._failures_in_a_row = 0

    def skip(self, reason: str, detail: str) -> None:
        """Note that something is not there, to be counted in the log at the end.

        Args:
            reason: What kind of thing.
            detail: Which one.
        """
        self._absent[reason] += 1
        self.logger.warning("Skipped, %s: %s", reason, detail.strip())

    def _fail(self, part: str, error: Exception) -> None:
        name = f"{self.name} of {part}" if part else self.name
        self._tap.failures.add(f"{name}: {told(error)}")
        self.logger.debug("Where it failed:", exc_info=error)

    @override
    def log_sync_costs(self) -> None:
        super().log_sync_costs()
        for reason, number in self._absent.items():
            self.logger.warning("%s: %s skipped, %s.", self.name, f"{number:,}", reason)
        self._tap.failures.sum_up_after(self, self._tap.streams)
