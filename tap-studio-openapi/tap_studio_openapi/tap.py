"""The tap: its settings, and the streams there are."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

import click
from typing_extensions import override

from tap_studio_openapi.answers import FAILURES
from tap_studio_openapi.careful_tap import CarefulTap
from tap_studio_openapi.connections import Studio, connections
from tap_studio_openapi.errors import UnreadableError, told
from tap_studio_openapi.look_ahead import LookAhead
from tap_studio_openapi.pacing import PacedAdapter, Pacer
from tap_studio_openapi.schemas import ApiDocument
from tap_studio_openapi.session import open_session
from tap_studio_openapi.settings import SETTINGS
from tap_studio_openapi.settings_schema import invalid, schema_of
from tap_studio_openapi.streams import STREAMS
from tap_studio_openapi.streams.studio import StudioInformation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from tap_studio_openapi.connections import Connection
    from tap_studio_openapi.look_ahead import Family
    from tap_studio_openapi.streams.base import StudioStream


class TapStudioOpenApi(CarefulTap):
    """Singer tap for the Open API of Magicline and PerfectGym Next: every studio of a chain."""

    name = "tap-studio-openapi"
    config_jsonschema = schema_of(SETTINGS)

    @override
    def check_settings(self) -> None:
        _ = self.connections
        if not self.config["customer_statuses"]:
            raise invalid("'customer_statuses' must name at least one status, such as MEMBER.")
        self._check_start_date()

    def _check_start_date(self) -> None:
        given = self.config.get("start_date")
        try:
            datetime.fromisoformat(given or "2000-01-01")
        except ValueError:
            raise invalid(f"'start_date' must be a date like 2026-01-31, not {given!r}.") from None

    @override
    def discover_streams(self) -> Sequence[StudioStream]:
        shows_persons = self.config["include_personal_data"]
        return [stream(self) for stream in STREAMS if shows_persons or not stream.is_personal]

    @cached_property
    def api_document(self) -> ApiDocument | None:
        """The vendor's document that the settings name."""
        source = self.config.get("openapi_spec")
        return ApiDocument(source) if source else None

    @cached_property
    def begun(self) -> datetime:
        """When this run began to read."""
        return datetime.now(UTC)

    @cached_property
    def look_ahead(self) -> LookAhead:
        """The threads that send requests ahead of their turn."""
        return LookAhead(self.config["max_concurrency"])

    @cached_property
    def session(self) -> requests.Session:
        """The session of all streams and threads."""
        pacer = Pacer(self.logger, self.config["requests_per_minute"])
        urls = {connection.url for connection in self.connections}
        return open_session(urls, PacedAdapter(pacer, self.config["max_concurrency"]))

    @cached_property
    def connections(self) -> list[Connection]:
        """The keys that the settings name."""
        return connections(self.config)

    @cached_property
    def studios(self) -> dict[int, Studio]:
        """The studios that can be read, by id; what keeps the others from it is in `failures`."""
        _ = self.begun, self.session  # before there are threads, which could open several
        studios: dict[int, Studio] = {}
        for connection in self.look_ahead.ahead(self.connections, self._start_to_identify):
            try:
                read = partial(self._identify, connection)
                self._add(self.look_ahead.take(connection.name, read), studios)
            except FAILURES as error:
                self.failures.add(f"{connection}: {told(error)}")
        return studios

    def _start_to_identify(self, connection: Connection, family: Family) -> None:
        family.start(connection.name, partial(self._identify, connection))

    def _identify(self, connection: Connection) -> Studio:
        """Ask which studio a key opens; threads do so."""
        answer = self._information.ask(connection, StudioInformation.path)
        if not isinstance(answer.body, dict) or not isinstance(answer.body.get("studioId"), int):
            raise UnreadableError(f"{answer} It names no studio.")
        return Studio(answer.body["studioId"], connection, answer.body)

    def _add(self, studio: Studio, studios: dict[int, Studio]) -> None:
        """Add a studio, unless another key has opened one of the same id."""
        known = studios.setdefault(studio.id, studio)
        if known is not studio:
            self.failures.add(
                f"{studio.connection}: the key opens studio {studio.id}, and so does that of "
                f"{known.connection}. Remove one of the two, or, should they be different studios "
                "of two tenants, run the tap for each tenant by itself."
            )

    @property
    def _information(self) -> StudioInformation:
        return cast("StudioInformation", self.streams[StudioInformation.name])

    @override
    def check_access(self) -> None:
        """Check, without reading data, that each key is good.

        Raises:
            SyncFailedError: One is not.
        """
        once = self._information.retrying(self._information.once)
        for connection in self.connections:
            try:
                once("HEAD", connection, StudioInformation.path)
            except FAILURES as error:
                self.failures.add(f"{connection}: {told(error)}")
            else:
                click.echo(f"{connection}: the key is good.", err=True)
        self.failures.sum_up()
