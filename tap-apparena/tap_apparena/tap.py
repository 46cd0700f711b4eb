"""The tap: its settings, and the streams there are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import click
from singer_sdk import Tap
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from typing_extensions import override

from tap_apparena import connection, filters, relations, settings
from tap_apparena.client import open_session
from tap_apparena.errors import SyncFailedError, told
from tap_apparena.look_ahead import LookAhead
from tap_apparena.streams import STREAMS
from tap_apparena.streams.base import FAILURES
from tap_apparena.streams.collections import Collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests
    from singer_sdk.singerlib.encoding.base import GenericSingerWriter

    from tap_apparena.streams.base import AppArenaStream


class TapAppArena(Tap):
    """Singer tap for App-Arena: apps, templates, projects, their settings and texts, customers."""

    name = "tap-apparena"
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
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("validate_config", True):
            self._refuse_children_of_new_ids()

    @override
    def setup_mapper(self) -> None:
        """Set up stream maps once the streams have put their schemas into the catalog."""
        _ = self.streams
        super().setup_mapper()

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Validate the settings, without quoting a secret in an error."""
        try:
            found = super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as error:
            errors = [settings.without_secrets(text, self.config) for text in error.errors]
            raise ConfigValidationError(str(error), errors=errors) from None
        if raise_errors:
            _ = self.connection, self.filters, self.relations
        return found

    def _refuse_children_of_new_ids(self) -> None:
        """Refuse to read children where most of their parents would be left out.

        Raises:
            ConfigValidationError: Such are selected.
        """
        for stream in self.streams.values():
            if isinstance(stream, Collection) and stream.wants_new_ids and stream.is_parent:
                children = ", ".join(
                    child.name for child in stream.descendent_streams if child.selected
                )
                raise connection.invalid(
                    f"With 'incremental_mode' new_ids only new {stream.name} are read, so that "
                    f"{children} would lack all that belongs to older ones. Deselect these "
                    "streams, or set 'incremental_mode' to full; a second run with other settings "
                    "can do the one or the other."
                )

    @cached_property
    def connection(self) -> connection.Connection:
        """The API that is read."""
        return connection.connection(self.config)

    @cached_property
    def filters(self) -> dict[str, list[tuple[str, str]]]:
        """The filters that the settings want, as parameters, by stream."""
        fields = {
            vars(stream)["name"]: {
                name: field for name, field in stream.fields.items() if field.is_documented
            }
            for stream in STREAMS
            if stream.can_filter
        }
        return filters.check(self.config.get("filters") or {}, fields)

    @cached_property
    def relations(self) -> dict[str, tuple[str, ...]]:
        """The relations that the settings want, by stream."""
        allowed = {vars(stream)["name"]: stream.relations for stream in STREAMS}
        return relations.check(self.config.get("relations") or {}, allowed)

    @cached_property
    def company_ids(self) -> list[int]:
        """The companies that the settings name, each once."""
        return list(dict.fromkeys(self.config.get("company_ids") or ()))

    @cached_property
    def look_ahead(self) -> LookAhead:
        """What asks ahead for the children of records."""
        return LookAhead(self.config["max_concurrency"])

    @cached_property
    def session(self) -> requests.Session:
        """The session of all streams."""
        return open_session(self.config["max_concurrency"] + 1)

    @cached_property
    def failures(self) -> list[str]:
        """What has failed so far, a sentence each."""
        return []

    @override
    def discover_streams(self) -> Sequence[AppArenaStream]:
        return [stream(self) for stream in STREAMS]

    def fail(self, failure: str) -> None:
        """Note that a part of the sync has failed, and go on with the others."""
        self.logger.error(failure)
        self.failures.append(failure)

    def raise_failures_at_the_end(self, stream: AppArenaStream) -> None:
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
        """Check, without reading data, that each selected list may be read.

        Raises:
            SyncFailedError: A list may not.
        """
        for stream in cast("dict[str, AppArenaStream]", self.streams).values():
            try:
                if stream.selected and stream.check_access():
                    click.echo(f"{stream.name}: may be read.", err=True)
            except FAILURES as error:
                self.fail(f"{stream.name}: {told(error)}")
        self._raise_failures()

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Check access on ``--test`` instead of reading a record of every stream.

        Reading a record of each child would mean many requests for each parent.
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
