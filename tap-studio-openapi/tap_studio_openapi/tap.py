"""The tap: which streams there are, and which client they use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import click
from typing_extensions import override

from singer_tapkit.config import config_error, to_config_schema, validate_dates
from singer_tapkit.tap import BaseTap
from tap_studio_openapi.auth import CONNECTIONS
from tap_studio_openapi.config import NAME, SETTINGS
from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.streams import STREAM_TYPES
from tap_studio_openapi.studios import StudioApi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_studio_openapi.streams.base import StudioStream


class TapStudioOpenApi(BaseTap):
    """Singer tap for the Open API of Magicline and PerfectGym Next: every studio of a chain."""

    name = NAME
    config_jsonschema = to_config_schema(SETTINGS)
    accounts = CONNECTIONS

    @override
    def validate_config(self) -> None:
        CONNECTIONS.read(self.config)
        if not self.config["customer_statuses"]:
            raise config_error("'customer_statuses' must name at least one status, such as MEMBER.")
        validate_dates(self.config)

    @override
    def discover_streams(self) -> Sequence[StudioStream]:
        shows_persons = self.config["include_personal_data"]
        return [
            STREAM_TYPES[declaration.type](self, name, api=self.api, failures=self.failures)
            for name, declaration in DECLARATIONS.items()
            if shows_persons or declaration.personal != "all"
        ]

    @cached_property
    def api(self) -> StudioApi:
        """What reads from all studios."""
        return StudioApi(self.config, logger=self.logger, failures=self.failures)

    @override
    def run(self) -> None:
        try:
            super().run()
        finally:
            if self.api.client.retried:
                self.logger.warning("%s requests were repeated.", f"{self.api.client.retried:,}")

    @override
    def check_connection(self) -> None:
        for studio in self.api.studios.values():
            click.echo(
                f"{studio.connection}: the key is good. It opens studio {studio.id}.", err=True
            )
        self.failures.raise_if_any()
