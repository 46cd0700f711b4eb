"""The tap that all others derive from: safe validation, connection checks, one exit status."""

from __future__ import annotations

import logging
import sys
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, ClassVar

import click
from singer_sdk import Tap
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from typing_extensions import override

from singer_tapkit.config import mask_secrets
from singer_tapkit.errors import ExtractionError
from singer_tapkit.failures import FailureCollector
from singer_tapkit.state import parse_catalog, parse_state
from singer_tapkit.stream import BaseStream

if TYPE_CHECKING:
    from types import FrameType

    from singer_sdk.singerlib.encoding.base import GenericSingerWriter

REPEATS_CATALOG = frozenset(
    {"Added '%s' as child stream to '%s'", "Skipping deselected stream '%s'."}
)
SIGNAL_STATUS = 128
"""A process that is ended by a signal has this and the signal's number as its status."""


class BaseTap(Tap):
    """A tap that tells no secrets, goes on where a part fails, and ends with a true status."""

    message_writer_class: type[GenericSingerWriter[Any, Any]] = MsgSpecWriter
    capabilities: ClassVar[list[Any]] = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.BATCH,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    @override
    def __init_subclass__(cls) -> None:
        """Keep lines out of the log that only repeat what the catalog says."""
        super().__init_subclass__()
        logging.getLogger(cls.name).addFilter(lambda entry: entry.msg not in REPEATS_CATALOG)

    @cached_property
    def failures(self) -> FailureCollector:
        """What has failed so far."""
        return FailureCollector(self.logger)

    def validate_config(self) -> None:
        """Check what the schema of the settings cannot, before anything is sent or written.

        Raises:
            ConfigValidationError: The settings cannot work.
        """

    def check_connection(self) -> None:
        """Check, without reading data, that all selected streams may be read.

        Raises:
            SyncFailedError: Some may not.
        """
        for stream in self.streams.values():
            if not (isinstance(stream, BaseStream) and stream.selected):
                continue
            try:
                if stream.check_connection():
                    click.echo(f"{stream.name}: may be read.", err=True)
            except ExtractionError as error:
                self.failures.record(f"{stream.name}: {error}")
        self.failures.raise_if_any()

    def run(self) -> None:
        """Read all selected streams.

        Raises:
            SyncFailedError: Parts have failed; the others have been written, with their state.
        """
        self.sync_all()
        self.failures.raise_if_any()

    @override
    def setup_mapper(self) -> None:
        """Set up stream maps, once the streams have fitted a given catalog to the settings."""
        _ = self.streams
        super().setup_mapper()

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Validate the settings with their secrets masked, as the SDK's errors quote values."""
        config = self._config
        self._config = mask_secrets(config, self.config_jsonschema)
        try:
            errors = super()._validate_config(raise_errors=raise_errors)
        finally:
            self._config = {**self._config, **config}
        if raise_errors:
            self.validate_config()
        return errors

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """Write the state as far as it is true, and end with the status of the signal."""
        try:
            super()._handle_termination(signum, frame)
        except SystemExit:
            sys.exit(SIGNAL_STATUS + signum)

    @classmethod
    @override
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: Any = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
    ) -> None:
        """Run the tap as its command line says, and raise what the exit status comes from."""
        super(Tap, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        tap = cls(
            config=config.config if config else None,
            state=parse_state(state) if state else None,
            catalog=parse_catalog(catalog) if catalog else None,
            parse_env_config=config.parse_env if config else False,
        )
        tap.run()

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Check connections on ``--test`` instead of reading a record of every stream.

        Reading one can cost as much as reading all.
        """
        try:
            if value != "all":
                super().cb_test(ctx, param, value)
                return
            config = ctx.params["config"]
            cls(config=config.config, parse_env_config=config.parse_env).check_connection()
        except ConfigValidationError as error:
            raise click.ClickException("\n".join(error.errors)) from None
        ctx.exit()
