"""The studios that the keys open, and how to read there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from typing_extensions import override

from singer_tapkit.errors import ApiError, ExtractionError
from singer_tapkit.pagination import read_pages
from singer_tapkit.prefetch import Prefetcher
from tap_studio_openapi.auth import CONNECTIONS
from tap_studio_openapi.client import NO_SUCH_TENANT, open_client
from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.hints import ADDRESS_HINT, scope_hint
from tap_studio_openapi.pagination import OffsetPaginator

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator, Mapping

    from requests import Response

    from singer_tapkit.accounts import Accounts
    from singer_tapkit.failures import FailureCollector
    from singer_tapkit.prefetch import PendingRequests
    from tap_studio_openapi.auth import Connection
    from tap_studio_openapi.client import StudioClient
    from tap_studio_openapi.pagination import Chunk

T = TypeVar("T")

INFORMATION: Final = DECLARATIONS["studio"]


@dataclass
class Studio:
    """A studio that a key has opened.

    Attributes:
        id: The studio's id.
        connection: How to reach it.
        row: What ``GET /v1/studios/information`` says about it.
        clock_offset: How far the server's clock is ahead of the one of this machine.
        is_lost: Whether its key was refused since, so that nothing more is asked for.
        started_at: When this run began to read it.
    """

    id: int
    connection: Connection
    row: dict[str, Any] = field(repr=False)
    clock_offset: timedelta = timedelta()
    is_lost: bool = False
    started_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Note when the reading begins: by the clock that is behind, so that nothing is missed."""
        self.started_at = min(self.now(), datetime.now(UTC))

    def now(self) -> datetime:
        """Return the time by the server's clock."""
        return datetime.now(UTC) + self.clock_offset

    def today(self) -> date:
        """Return the day that it is by UTC; the time zone of a studio is not documented."""
        return self.now().date()

    @override
    def __str__(self) -> str:
        """Return what logs and errors call the studio."""
        return f"{self.connection} (studio {self.id})"


class StudioInformation(msgspec.Struct):
    """What must be in the response that names the studio of a key."""

    studio_id: int = msgspec.field(name="studioId")


class StudioApi:
    """Reads from all studios. Threads may do so at the same time.

    It opens no session and reads no settings before they are needed, as discovery goes without.

    Attributes:
        prefetcher: The threads that send requests ahead of their turn.
    """

    def __init__(
        self, config: Mapping[str, Any], *, logger: logging.Logger, failures: FailureCollector
    ) -> None:
        """Send nothing yet.

        Args:
            config: The settings.
            logger: Where retries and waits are logged.
            failures: Where keys that open no studio are recorded.
        """
        self.prefetcher = Prefetcher(config["max_concurrency"])
        self._config = config
        self._logger = logger
        self._failures = failures

    @cached_property
    def _accounts(self) -> Accounts[Connection]:
        """The keys that the settings name, and those of the slice."""
        return CONNECTIONS.read(self._config)

    @cached_property
    def client(self) -> StudioClient:
        """What sends the requests of all studios and threads."""
        urls = [connection.url for connection in self._accounts.chosen]
        slices = self._accounts.count_slices(lambda connection: connection.url)
        return open_client(self._config, urls, self._logger, slices)

    @cached_property
    def studios(self) -> dict[int, Studio]:
        """The studios that can be read, by id."""
        _ = self.client  # before there are threads, each of which could open one
        studios: dict[int, Studio] = {}
        for connection in self.prefetcher.prefetch(self._accounts.chosen, self._submit):
            read = partial(self._identify, connection)
            try:
                studio = self.prefetcher.result(connection.name, read)
            except ExtractionError as error:
                self._failures.record(connection, _with_hint(error))
            else:
                self._add(studio, studios)
        return studios

    def get_json(
        self, studio: Studio, path: str, kind: type[T], params: Mapping[str, Any] | None = None
    ) -> T:
        """Return what does not come in chunks.

        Args:
            studio: Whose it is.
            path: Where it is.
            kind: The type of the response, such as a list of rows.
            params: The query.

        Raises:
            ExtractionError: It cannot be read.
        """
        url, auth = studio.connection.url, studio.connection.auth
        return self.client.get_json(path, kind, params=params, auth=auth, base_url=url)

    def read_chunks(
        self,
        studio: Studio,
        path: str,
        params: Mapping[str, Any],
        *,
        slice_size: int,
        offset: str | None = None,
    ) -> Iterator[Chunk]:
        """Yield a list that comes in chunks.

        The size stays the same from the first to the last, as another one would shift positions.

        Args:
            studio: Whose list it is.
            path: Where it is.
            params: The query, without what chunks need.
            slice_size: How many rows a chunk holds at most.
            offset: Where to begin, None for the beginning.

        Raises:
            ExtractionError: It cannot be read to its end.
        """
        connection = studio.connection

        def fetch(token: str | None) -> Response:
            position = {} if token is None else {"offset": token}
            return self.client.request(
                "GET",
                path,
                params={**params, **position, "sliceSize": slice_size},
                auth=connection.auth,
                base_url=connection.url,
            )

        return read_pages(OffsetPaginator(offset), fetch)

    def _submit(self, connection: Connection, pending: PendingRequests) -> None:
        pending.submit(connection.name, partial(self._identify, connection))

    def _identify(self, connection: Connection) -> Studio:
        """Return the studio that a key opens; threads call this."""

        def attempt() -> Studio:
            response = self.client.send(
                "GET", INFORMATION.path, auth=connection.auth, base_url=connection.url
            )
            studio_id = self.client.decode(response, StudioInformation).studio_id
            row = self.client.decode(response, dict[str, Any])
            now = datetime.now(UTC)
            offset = self.client.server_time(now, base_url=connection.url) - now
            return Studio(studio_id, connection, row, clock_offset=offset)

        return self.client.with_retries(attempt)()

    def _add(self, studio: Studio, studios: dict[int, Studio]) -> None:
        """Add a studio, unless another key has opened one of the same id."""
        known = studios.setdefault(studio.id, studio)
        if known is not studio:
            self._failures.record(
                studio.connection,
                f"the key opens studio {studio.id}, and so does that of "
                f"{known.connection}. Remove one of the two, or, should they be different studios "
                "of two tenants, run the tap for each tenant by itself.",
            )


def _with_hint(error: ExtractionError) -> ExtractionError | str:
    if isinstance(error, ApiError) and error.status == HTTPStatus.FORBIDDEN:
        return f"{error} For all streams, {scope_hint(INFORMATION.scopes)}"
    if isinstance(error, ApiError) and error.status == HTTPStatus.NOT_FOUND:
        return error if error.code == NO_SUCH_TENANT else f"{error} {ADDRESS_HINT}"
    return error
