"""The stream that all others but reports derive from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from singer_tapkit.errors import ApiError
from singer_tapkit.schemas import load_schema
from singer_tapkit.stream import BaseStream

if TYPE_CHECKING:
    from singer_sdk import Tap

    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.spool import RecordSpool
    from tap_gotom.client import GoTomClient


class GoTomStream(BaseStream):
    """A stream of one instance.

    Attributes:
        personal_fields: Those about persons, named as `schemas.exclude_fields` has it.
    """

    personal_fields: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        tap: Tap,
        client: GoTomClient,
        failures: FailureCollector,
        *,
        name: str | None = None,
    ) -> None:
        """Prepare the stream, with a name if its class has none."""
        with_persons = tap.config["include_personal_data"]
        super().__init__(
            tap,
            load_schema("tap_gotom", name or self.name),
            failures=failures,
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


class DependentStream(GoTomStream):
    """A stream of what belongs to campaigns, or to something in them."""

    def __init__(
        self, tap: Tap, client: GoTomClient, failures: FailureCollector, parents: RecordSpool
    ) -> None:
        """Prepare the stream of what belongs to `parents`, which another stream has read."""
        super().__init__(tap, client, failures)
        self._parents = parents
