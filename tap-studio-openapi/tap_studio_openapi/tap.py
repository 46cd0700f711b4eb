"""The tap: its settings, and the streams there are."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

import click
from singer_sdk import Tap
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from typing_extensions import override

from tap_studio_openapi import settings
from tap_studio_openapi.client import open_session
from tap_studio_openapi.connections import Studio, connections, invalid
from tap_studio_openapi.errors import FAILURES, SyncFailedError, UnreadableError, told
from tap_studio_openapi.look_ahead import LookAhead
from tap_studio_openapi.pacing import Pacer
from tap_studio_openapi.schemas import ApiDocument
from tap_studio_openapi.streams import STREAMS
from tap_studio_openapi.streams.studio import StudioInformation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests
    from singer_sdk import Stream
    from singer_sdk.singerlib.encoding.base import GenericSingerWriter

    from tap_studio_openapi.connections import Connection
    from tap_studio_openapi.look_ahead import Family
    from tap_studio_openapi.streams.base import StudioStream


class TapStudioOpenApi(Tap):
    """Singer tap for the Open API of Magicline and PerfectGym Next: every studio of a chain."""

    name = "tap-studio-openapi"
    message_writer_class: type[GenericSingerWriter[Any, Any]] = MsgSpecWriter
    capabilities = [  # noqa: RUF012
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.BATCH,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    config_jsonschema = settings.schema()

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Validate the settings, without quoting a key in an error.

        What their schema cannot tell is looked at too, before anything is sent or written.
        """
        try:
            errors = super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as error:
            errors = [settings.without_secrets(text, self.config) for text in error.errors]
            raise ConfigValidationError(str(error), errors=errors) from None
        if raise_errors:
            _ = self.connections
            if not self.config["customer_statuses"]:
                raise invalid("'customer_statuses' must name at least one status, such as MEMBER.")
            self._check_start_date()
        return errors

    def _check_start_date(self) -> None:
        given = self.config.get("start_date")
        try:
            datetime.fromisoformat(given or "2000-01-01")
        except ValueError:
            raise invalid(f"'start_date' must be a date like 2026-01-31, not {given!r}.") from None

    @override
    def discover_streams(self) -> Sequence[StudioStream]:
        shows_persons = self.config.get("include_personal_data", True)
        return [stream(self) for stream in STREAMS if shows_persons or not stream.is_personal]

    @override
    def setup_mapper(self) -> None:
        """Set up stream maps, once the streams have fitted a given catalog to the settings."""
        _ = self.streams
        super().setup_mapper()

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
    def failures(self) -> list[str]:
        """What has failed so far, a sentence each."""
        return []

    @cached_property
    def look_ahead(self) -> LookAhead:
        """The threads that send requests ahead of their turn."""
        return LookAhead(self.config["max_concurrency"])

    @cached_property
    def session(self) -> requests.Session:
        """The session of all streams and threads."""
        pacer = Pacer(self.logger, self.config["requests_per_minute"])
        urls = {connection.url for connection in self.connections}
        return open_session(pacer, self.config["max_concurrency"], urls)

    @cached_property
    def connections(self) -> list[Connection]:
        """The keys that the settings name."""
        return connections(self.config)

    @cached_property
    def studios(self) -> dict[int, Studio]:
        """The studios that can be read, by id; what keeps the others from it is in `failures`."""
        _ = self.begun
        studios: dict[int, Studio] = {}
        for connection in self.look_ahead.ahead(self.connections, self._start_to_identify):
            try:
                read = partial(self._identify, connection)
                self._add(self.look_ahead.take(connection.name, read), studios)
            except FAILURES as error:
                self.fail(f"{connection}: {told(error)}")
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
            self.fail(
                f"{studio.connection}: the key opens studio {studio.id}, and so does that of "
                f"{known.connection}. Remove one of the two, or, should they be different studios "
                "of two tenants, run the tap for each tenant by itself."
            )

    @property
    def _information(self) -> StudioInformation:
        return cast("StudioInformation", self.streams[StudioInformation.name])

    def fail(self, failure: str) -> None:
        """Note that a part of the sync has failed, and go on with the others."""
        self.logger.error(failure)
        self.failures.append(failure)

    def raise_failures_at_the_end(self, stream: Stream) -> None:
        """Raise one error about all that has failed, once `stream` is the last of all.

        Raises:
            SyncFailedError: Something has.
        """
        if stream is list(self.streams.values())[-1]:
            self._raise_failures()

    def _raise_failures(self) -> None:
        if self.failures:
            raise SyncFailedError(self.failures)

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
                self.fail(f"{connection}: {told(error)}")
            else:
                click.echo(f"{connection}: the key is good.", err=True)
        self._raise_failures()

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Check the keys on ``--test`` instead of reading a record of every stream.

        A HEAD request has the server check the key and nothing else.
        """
        try:
            if value != "all":
                super().cb_test(ctx, param, value)
                return
            given = ctx.params["config"]
            cls(config=given.config, parse_env_config=given.parse_env).check_access()
        except ConfigValidationError as error:
            raise click.ClickException("\n".join(error.errors)) from None
        ctx.exit()
