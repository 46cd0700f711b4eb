"""What all streams have in common: options, failures that stay alone, unknown fields, state."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

import requests
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from typing_extensions import override

from tap_apparena.client import AppArenaClient
from tap_apparena.errors import UNEXPECTED, AnswerError, told
from tap_apparena.own_schema import OwnSchemaStream
from tap_apparena.records import Layout
from tap_apparena.truthful_state import TruthfulStream
from tap_apparena.unknown_fields import UnknownFields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_apparena.client import Parameters
    from tap_apparena.fields import Field
    from tap_apparena.tap import TapAppArena

FAILURES = (FatalAPIError, RetriableAPIError, requests.RequestException, *UNEXPECTED)
MOST_FAILURES_IN_A_ROW = 3


class AppArenaStream(TruthfulStream, OwnSchemaStream, AppArenaClient):
    """A stream, read in one part or in many.

    Attributes:
        fields: Its fields.
        can_filter: Whether the setting `filters` may name it.
        relations: What the setting `relations` may name for it.
        absences: The statuses by which the server says that something is not there, and what.
    """

    fields: ClassVar[Mapping[str, Field]]
    can_filter: ClassVar[bool] = False
    relations: ClassVar[Sequence[str]] = ()
    absences: ClassVar[Mapping[int, str]] = {}

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
        self._absent: Counter[str] = Counter()
        self._failures_in_a_row = 0
        self.is_over = False

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
        try:
            with self.alone(" ".join(str(value) for value in (context or {}).values())):
                yield from self.read(context)
        except FAILURES as error:
            self.is_over = True
            self._fail("", error)

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

    def check_access(self) -> bool:
        """Check that the stream may be read, if one request can tell.

        Returns:
            Whether it can; by default it cannot.

        Raises:
            FatalAPIError: It may not be read.
        """
        return False

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
            for_all = status == HTTPStatus.UNAUTHORIZED
            if for_all or self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
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
