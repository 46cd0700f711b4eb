"""The tap that all others derive from: safe validation, connection checks, one exit status."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from functools import cached_property, partial
from importlib.util import find_spec
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, ClassVar, Final

import click
from singer_sdk import Tap
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from typing_extensions import override

from singer_tapkit.command_line import parse_catalog, parse_state, read_config, report_errors
from singer_tapkit.config import (
    config_error,
    describe_errors,
    find_type_errors,
    find_unknown_settings,
    find_unknown_variables,
    read_environment,
)
from singer_tapkit.errors import ExtractionError
from singer_tapkit.failures import FailureCollector
from singer_tapkit.message_writer import MessageWriter
from singer_tapkit.session import find_certificates
from singer_tapkit.stream import BaseStream

if TYPE_CHECKING:
    from types import FrameType

    from singer_sdk.singerlib.encoding.base import GenericSingerWriter

    from singer_tapkit.accounts import AccountList

REPEATS_CATALOG: Final = frozenset(
    {"Added '%s' as child stream to '%s'", "Skipping deselected stream '%s'."}
)
BATCH_SIZE: Final = {
    "type": ["integer", "null"],
    "minimum": 1,
    "title": "Batch Size",
    "description": "Maximum number of records in a batch file.",
}
TEST_HELP: Final = (
    "Check the settings and that all selected streams may be read, without reading data. "
    "--test=schema writes the SCHEMA messages instead."
)
SIGNAL_STATUS: Final = 128
"""A process that is ended by a signal has this and the signal's number as its status."""


class BaseTap(Tap):
    """A tap that reveals no secrets, goes on where a part fails, and ends with a true status."""

    accounts: ClassVar[AccountList[Any] | None] = None
    """How the settings list the accounts that are read, if there may be several."""

    _is_running = False
    message_writer_class: type[GenericSingerWriter[Any, Any]] = MessageWriter
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
        is_checked = False
        for stream in self._base_streams:
            if not stream.selected:
                continue
            try:
                if stream.check_connection():
                    is_checked = True
                    click.echo(f"{stream.name}: may be read.", err=True)
            except ExtractionError as error:
                self.failures.record(stream.name, error, stream=stream.name)
        self.failures.raise_if_any()
        if not is_checked:
            self.logger.warning("Only the settings were checked, as no stream has a check.")

    def run(self) -> None:
        """Read all selected streams.

        Raises:
            SyncFailedError: Parts have failed; the others have been written, with their state.
        """
        self._is_running = True
        begun = monotonic()
        if self.accounts:
            self.accounts.log_slice(self.config, self.logger)
        self._warn_of_unknown_streams()
        self.sync_all()
        streams = [stream for stream in self._base_streams if stream.selected]
        records = sum(stream.records_read for stream in streams)
        self.logger.info(
            "The run has read %s records of %s streams in %.1f s.",
            f"{records:,}",
            f"{len(streams):,}",
            monotonic() - begun,
        )
        self._log_skips()
        self.failures.raise_if_any(has_output=records > 0)

    def _warn_of_unknown_streams(self) -> None:
        """Warn of what a catalog selects and the tap does not have, as no record says so."""
        for name, entry in (self.input_catalog or {}).items():
            if name not in self.streams and entry.metadata.resolve_selection()[()]:
                self.logger.warning(
                    "The catalog selects the stream %r, which there is not under these settings. "
                    "Run discovery again.",
                    name,
                )

    def _log_skips(self) -> None:
        """Log what was left out, one line per reason for all streams."""
        counts: dict[tuple[int, str], list[str]] = {}
        for stream in self._base_streams:
            for level, skips in (
                (logging.INFO, stream.expected_skips),
                (logging.WARNING, stream.skipped),
            ):
                for reason, count in skips.items():
                    counts.setdefault((level, reason), []).append(
                        f"{stream.name}: {count:,} skipped"
                    )
        for (level, reason), streams in counts.items():
            self.logger.log(level, "%s, %s.", ", ".join(streams), reason)

    @property
    def _base_streams(self) -> list[BaseStream]:
        return [stream for stream in self.streams.values() if isinstance(stream, BaseStream)]

    def warn_of_unknown_settings(self) -> None:
        """Warn of settings and variables that mean nothing, as a typo is one."""
        schema = self.config_jsonschema
        for message in [
            *find_unknown_settings(self.config, schema),
            *find_unknown_variables(os.environ, schema, self._env_var_prefix),
        ]:
            self.logger.warning(message)

    @classmethod
    @override
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Append the SDK's settings, with the size of batches, which its schema leaves out."""
        super().append_builtin_config(config_jsonschema)
        settings = config_jsonschema["properties"]
        batches = settings["batch_config"]
        settings["batch_config"] = {
            **batches,
            "properties": {**batches["properties"], "batch_size": BATCH_SIZE},
        }

    @property
    @override
    def _env_var_config(self) -> dict[str, Any]:
        """The settings in environment variables; the SDK has a traceback for wrong types."""
        self.append_builtin_config(self.config_jsonschema)
        return read_environment(self.config_jsonschema, self._env_var_prefix)

    @override
    def setup_mapper(self) -> None:
        """Set up stream maps, once the streams have fitted a given catalog to the settings."""
        _ = self.streams
        super().setup_mapper()

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Validate the settings, without the secrets that the SDK's errors quote."""
        schema = self.config_jsonschema
        if self.accounts and raise_errors:
            self._config = self.accounts.load(self._config, schema)
        try:
            self._refuse_wrong_types(raise_errors=raise_errors)
            errors = super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as error:
            messages = describe_errors(error.errors, self.config, schema)
            raise ConfigValidationError(str(error), errors=messages, schema=error.schema) from None
        if raise_errors:
            find_certificates()
            self._check_faker()
            self.validate_config()
        return describe_errors(errors, self.config, schema)

    def _check_faker(self) -> None:
        """Refuse a setting that has no effect without a package, which is not always there."""
        if self.config.get("faker_config") and find_spec("faker") is None:
            raise config_error(
                "'faker_config' needs the package faker beside the tap. Install the tap as "
                f"{self.name}[faker], or remove the setting."
            )

    def _refuse_wrong_types(self, *, raise_errors: bool) -> None:
        """Refuse settings of a wrong type, or leave them out where settings are not needed."""
        errors = find_type_errors(self._config, self.config_jsonschema)
        if errors and raise_errors:
            messages = [message for _, message in errors]
            raise ConfigValidationError("Config validation failed", errors=messages)
        wrong = {name for name, _ in errors}
        self._config = {name: item for name, item in self._config.items() if name not in wrong}

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """Write the state as far as it is true, and end with the status of the signal.

        It is not known before the run has begun, and when records go out in files, it may be ahead
        of the file that is being written.
        """
        if self._is_running:
            writer = self.message_writer
            action = partial(self._handle_termination, signum, frame)
            if isinstance(writer, MessageWriter) and writer.defer(action):
                return
            if not self.config.get("batch_config"):
                with suppress(SystemExit):
                    super()._handle_termination(signum, frame)
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
        """Run the tap by its command line.

        Raises:
            ClickException: Something has failed; the exit status is not zero then.
        """
        super(Tap, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        with report_errors(cls.logger):
            tap = cls(
                config=config.config if config else None,
                state=parse_state(state) if state else None,
                catalog=parse_catalog(catalog) if catalog else None,
                parse_env_config=config.parse_env if config else False,
            )
            tap.warn_of_unknown_settings()
            tap.run()

    @classmethod
    @override
    def get_singer_command(cls) -> click.Command:
        """Return the command line, whose help describes what ``--test`` does here."""
        command = super().get_singer_command()
        for option in command.params:
            if isinstance(option, click.Option) and option.name == "test":
                option.help = TEST_HELP
        return command

    @classmethod
    @override
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> Any:
        """Read the files with settings; each may be a pipe, so each is read once."""
        found = super().cb_config(ctx, param, tuple(name for name in value if name == "ENV"))
        for name in value:
            if name != "ENV":
                found.config.update(read_config(name, cls.logger))
        return found

    @classmethod
    @override
    def cb_discover(cls, ctx: click.Context, param: click.Option, value: bool) -> None:
        """Write the catalog on ``--discover``."""
        with report_errors(cls.logger):
            super().cb_discover(ctx, param, value)

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Check connections on ``--test`` instead of reading a record of every stream.

        Reading one can cost as much as reading all.
        """
        with report_errors(cls.logger):
            if value != "all":
                super().cb_test(ctx, param, value)
                return
            config = ctx.params["config"]
            tap = cls(config=config.config, parse_env_config=config.parse_env)
            tap.warn_of_unknown_settings()
            tap.check_connection()
        ctx.exit()
