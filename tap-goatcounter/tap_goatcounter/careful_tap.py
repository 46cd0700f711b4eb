"""What is the same in all taps: secrets stay secret, access can be checked, failures summed up."""

from __future__ import annotations

import logging
from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click
from singer_sdk import Tap
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from typing_extensions import override

from tap_goatcounter.failures import Failures
from tap_goatcounter.settings_schema import with_masked_secrets

if TYPE_CHECKING:
    from singer_sdk.singerlib.encoding.base import GenericSingerWriter

NO_NEWS = {"Added '%s' as child stream to '%s'", "Skipping deselected stream '%s'."}


class CarefulTap(Tap):
    """A tap that tells no secrets, and goes on where a part of its work fails.

    Attributes:
        is_answered: Whether a request was answered in this run, however.
        has_waited_in_vain: Whether one was repeated to the last, and never answered.
    """

    is_answered = False
    has_waited_in_vain = False
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

    @override
    def __init_subclass__(cls) -> None:
        """Keep lines out of the log that tell for each stream what the catalog tells."""
        super().__init_subclass__()
        logging.getLogger(cls.name).addFilter(_is_news)

    @cached_property
    def failures(self) -> Failures:
        """What has failed so far."""
        return Failures(self.logger)

    @abstractmethod
    def check_settings(self) -> None:
        """Check what the schema of the settings cannot tell, before anything is sent or written.

        Raises:
            ConfigValidationError: The settings cannot work.
        """

    @abstractmethod
    def check_access(self) -> None:
        """Check, without reading data, that all may be read.

        Raises:
            SyncFailedError: Something may not.
        """

    @override
    def setup_mapper(self) -> None:
        """Set up stream maps, once the streams have fitted a given catalog to the settings."""
        _ = self.streams
        super().setup_mapper()

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Validate the settings with their secrets masked, as the SDK's errors quote values."""
        given = self._config
        self._config = with_masked_secrets(given, self.config_jsonschema)
        try:
            errors = super()._validate_config(raise_errors=raise_errors)
        finally:
            self._config = {**self._config, **given}
        if raise_errors:
            self.check_settings()
        return errors

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Check access on ``--test`` instead of reading a record of every stream.

        Reading one can be as dear as reading all.
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


def _is_news(entry: logging.LogRecord) -> bool:
    """Tell whether a line of the log says more than the catalog does."""
    return entry.msg not in NO_NEWS
