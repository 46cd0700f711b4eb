"""The stream that all others of this tap derive from."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from singer_tapkit.errors import ApiError
from singer_tapkit.schemas import load_schema
from singer_tapkit.stream import BaseStream
from tap_gotom.pagination import ListPage, read_list

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.spool import RecordSpool
    from tap_gotom.client import GoTomClient


class GoTomStream(BaseStream):
    """A stream of one instance.

    Attributes:
        personal_fields: Those that tell about persons, named as `schemas.exclude_fields` has it.
    """

    personal_fields: ClassVar[frozenset[str]] = frozenset()
    final_statuses: ClassVar[Collection[int]] = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

    def __init__(
        self,
        tap: Tap,
        client: GoTomClient,
        failures: FailureCollector,
        *,
        name: str | None = None,
        schema: dict[str, Any] | None = None,
    ) -> None:
        """Prepare the stream.

        Args:
            tap: The tap.
            client: Sends the requests.
            failures: Where failures are collected.
            name: The name, if the class has none.
            schema: The JSON Schema of records, if there is none in a file.
        """
        with_persons = tap.config["include_personal_data"]
        super().__init__(
            tap,
            schema or load_schema("tap_gotom", name or self.name),
            failures=failures,
            unknown_fields=tap.config["unknown_fields"],
            excluded=frozenset() if with_persons else self.personal_fields,
            name=name,
        )
        self._client = client


class ListStream(GoTomStream):
    """A list that comes in pages.

    Attributes:
        path: Where it is.
    """

    path: str

    @override
    def read(self, context: Context | None) -> Iterable[Record]:
        return read_list(self._client, self.path)

    @override
    def check_connection(self) -> bool:
        try:
            self._client.get_json(self.path, ListPage)
        except ApiError as error:
            if error.status not in self.absences:
                raise
            return False
        return True


class PartedStream(GoTomStream):
    """A stream of parts that fail alone; its `read` yields records that fit the schema already."""

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        with self.isolate("", self.status):
            yield from self.read(context)
        self.write_state()


class DependentStream(PartedStream):
    """A stream of what belongs to objects that another stream has read."""

    def __init__(
        self, tap: Tap, client: GoTomClient, failures: FailureCollector, parents: RecordSpool
    ) -> None:
        """Prepare the stream.

        Args:
            tap: The tap.
            client: Sends the requests.
            failures: Where failures are collected.
            parents: The objects.
        """
        super().__init__(tap, client, failures)
        self._parents = parents
