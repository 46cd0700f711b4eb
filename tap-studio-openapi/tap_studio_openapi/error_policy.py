"""What an error of one studio means for the rest of a stream, and how its reading goes.

Only the API's own error body may say that something is not there or must not be read. A response of
something in between is a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Final

from typing_extensions import override

from singer_tapkit.errors import ApiError
from singer_tapkit.stream import BaseStream, PartitionStatus
from tap_studio_openapi.client import NO_SUCH_TENANT, OPTED_OUT
from tap_studio_openapi.hints import scope_hint

if TYPE_CHECKING:
    from singer_tapkit.errors import ExtractionError
    from tap_studio_openapi.declarations import StreamDeclaration
    from tap_studio_openapi.studios import Studio

MAX_FIRST_REFUSALS: Final = 10
REJECTED: Final = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND}


class Meaning(Enum):
    """What an error says."""

    KEY_IS_REFUSED = auto()
    """The key opens nothing any more, or there is no such tenant."""
    OPTED_OUT = auto()
    """One member has switched off access by third parties."""
    FORBIDDEN = auto()
    """The key may not read this, for one of several reasons."""
    NOT_THERE = auto()
    """What was asked for by its id is gone."""
    OLDER_SERVER = auto()
    """The server does not have the endpoint yet."""
    REJECTED = auto()
    """The request is one that the server will always refuse."""
    FAILED = auto()
    """Something has gone wrong, which says nothing about the next request."""


def interpret(error: ExtractionError, *, is_one_of_many: bool, is_newer_endpoint: bool) -> Meaning:
    """Return what an error says.

    Args:
        error: The error.
        is_one_of_many: Whether one of many partitions of a studio was requested, such as a
            customer's.
        is_newer_endpoint: Whether servers in use may lack the endpoint.
    """
    if not isinstance(error, ApiError):
        return Meaning.FAILED
    if error.status == HTTPStatus.UNAUTHORIZED or error.code == NO_SUCH_TENANT:
        return Meaning.KEY_IS_REFUSED
    if error.status == HTTPStatus.FORBIDDEN:
        return Meaning.OPTED_OUT if error.code == OPTED_OUT else Meaning.FORBIDDEN
    if error.status == HTTPStatus.NOT_FOUND and is_one_of_many:
        return Meaning.NOT_THERE
    if error.status == HTTPStatus.NOT_FOUND and is_newer_endpoint:
        return Meaning.OLDER_SERVER
    return Meaning.REJECTED if error.status in REJECTED else Meaning.FAILED


@dataclass(kw_only=True)
class StreamStatus(PartitionStatus):
    """How the reading of one stream goes in one studio.

    Attributes:
        studio: The studio.
        forbidden: How many partitions the key may not read.
        succeeded: How many partitions were read.
        refusals: How many were refused, or not there.
    """

    studio: Studio
    forbidden: int = 0
    succeeded: int = 0
    refusals: int = 0

    def note_success(self) -> None:
        """Note that a partition was read."""
        self.succeeded += 1

    def note_refusal(self) -> bool:
        """Note that a partition was refused, and return whether all of them seem to be."""
        self.refusals += 1
        return not self.succeeded and self.refusals >= MAX_FIRST_REFUSALS

    @property
    def is_forbidden(self) -> bool:
        """Whether the key may read nothing of what was asked for."""
        return self.forbidden > 0 and not self.succeeded


class ErrorPolicyStream(BaseStream):
    """A stream that reads partitions of studios, and decides what each error means for the rest.

    Attributes:
        declaration: The stream's row of the table.
        has_partitions: Whether a studio is read in many partitions.
        is_sparse: Whether partitions are asked for that are known to be in some studios only.
    """

    declaration: StreamDeclaration
    has_partitions: ClassVar[bool] = False
    is_sparse: ClassVar[bool] = False

    @override
    def handle_error(self, partition: str, status: PartitionStatus, error: ExtractionError) -> None:
        if not isinstance(status, StreamStatus):
            super().handle_error(partition, status, error)
            return
        place = f"{self.name} of {partition}"
        since = self.declaration.since
        is_newer = since is not None
        match interpret(error, is_one_of_many=self.has_partitions, is_newer_endpoint=is_newer):
            case Meaning.KEY_IS_REFUSED:
                status.studio.is_lost = True
                self.failures.record(status.studio, error)
            case Meaning.OPTED_OUT:
                self.record_skip(
                    "members who have switched off access by third parties",
                    place,
                    is_expected=True,
                )
            case Meaning.FORBIDDEN:
                self._handle_forbidden(place, status, error)
            case Meaning.NOT_THERE if self._is_alone(status):
                self.record_skip("parts that are not there", f"{place}: {error}")
            case Meaning.OLDER_SERVER:
                self.skipped[f"studios whose server is older than version {since}"] += 1
            case Meaning.REJECTED | Meaning.NOT_THERE:
                status.end()
                self.record_failure(place, error)
            case Meaning.FAILED:
                super().handle_error(partition, status, error)

    def _handle_forbidden(self, place: str, status: StreamStatus, error: ExtractionError) -> None:
        """Skip a partition that the key may not read; the rest, too, where it seems to be all."""
        status.forbidden += 1
        if self.has_partitions and self._is_alone(status):
            self.record_skip("parts that the key may not read", f"{place}: {error}")
        else:
            self.end_for_scope(status)

    def _is_alone(self, status: StreamStatus) -> bool:
        """Return whether just one partition is refused or not there, and not all of them."""
        return self.is_sparse or not status.note_refusal()

    def end_for_scope(self, status: StreamStatus) -> None:
        """Note that the key of a studio may not read the stream at all.

        That is a failure if somebody has selected the stream, and else a warning.
        """
        status.end()
        if self._tap.input_catalog is None:
            reason = f"studios whose key lacks the scope {' or '.join(self.declaration.scopes)}"
            self.record_skip(reason, str(status.studio))
            return
        self.record_failure(f"{self.name} of {status.studio}", scope_hint(self.declaration.scopes))
