"""The stream that all others of this tap derive from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from singer_tapkit.errors import ApiError
from singer_tapkit.records import load_schema
from singer_tapkit.stream import BaseStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.spool import RecordSpool
    from tap_gotom.client import GoTomClient


class GoTomStream(BaseStream):
    """A stream of one instance.

    Attributes:
        personal_fields: Those that tell about persons, named as `records.exclude_fields` has it.
    """

    personal_fields: ClassVar[frozenset[str]] = frozenset()

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

    def may_read(self, path: str, kind: type[Any] = dict) -> bool:
        """Return whether there is something at a path that may be read.

        Raises:
            ExtractionError: It may not be read.
        """
        try:
            self._client.get_json(path, kind)
        except ApiError as error:
            if error.status not in self.absences:
                raise
            return False
        return True


class PartitionedStream(GoTomStream):
    """A stream that reads its partitions one after the other; each fails alone."""

    def read_partitions(self, context: Context | None) -> Iterator[tuple[str, Iterable[Record]]]:
        """Yield what each partition is called in messages, and its rows, which are read later.

        Raises:
            ExtractionError: It cannot be told which partitions there are.
        """
        raise NotImplementedError

    def conform_rows(self, rows: Iterable[Record], context: Context | None) -> Iterator[Record]:
        """Return the records of the rows of one partition."""
        del context
        return map(self.conform, rows)

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        with self.isolate("", self.status):
            for partition, rows in self.read_partitions(context):
                with self.isolate(partition, self.status):
                    yield from self.conform_rows(rows, context)
                if self.status.is_over:
                    break
        self.write_state()


class DependentStream(PartitionedStream):
    """A stream of what belongs to campaigns, or to something in them."""

    def __init__(
        self, tap: Tap, client: GoTomClient, failures: FailureCollector, parents: RecordSpool
    ) -> None:
        """Prepare the stream.

        Args:
            tap: The tap.
            client: Sends the requests.
            failures: Where failures are collected.
            parents: The external ids of the campaigns, or objects that another stream has read.
        """
        super().__init__(tap, client, failures)
        self._parents = parents
