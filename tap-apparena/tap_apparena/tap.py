"""The tap: its settings, and the streams there are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import click
from requests.adapters import HTTPAdapter
from typing_extensions import override

from tap_apparena import connection, filters, relations
from tap_apparena.answers import FAILURES
from tap_apparena.careful_tap import CarefulTap
from tap_apparena.errors import told
from tap_apparena.look_ahead import LookAhead
from tap_apparena.session import open_session
from tap_apparena.settings import SETTINGS
from tap_apparena.settings_schema import invalid, schema_of
from tap_apparena.streams import STREAMS
from tap_apparena.streams.collections import Collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from tap_apparena.streams.base import AppArenaStream


class TapAppArena(CarefulTap):
    """Singer tap for App-Arena: apps, templates, projects, their settings and texts, customers."""

    name = "tap-apparena"
    config_jsonschema = schema_of(SETTINGS)

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("validate_config", True):
            self._refuse_children_of_new_ids()

    @override
    def check_settings(self) -> None:
        _ = self.connection, self.filters, self.relations

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
                raise invalid(
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
        _ = self.session  # before there are threads, which could open several
        return LookAhead(self.config["max_concurrency"])

    @cached_property
    def session(self) -> requests.Session:
        """The session of all streams."""
        adapter = HTTPAdapter(pool_maxsize=self.config["max_concurrency"] + 1)
        return open_session([self.connection.url], adapter)

    @override
    def discover_streams(self) -> Sequence[AppArenaStream]:
        return [stream(self) for stream in STREAMS]

    @override
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
                self.failures.add(f"{stream.name}: {told(error)}")
        self.failures.sum_up()
