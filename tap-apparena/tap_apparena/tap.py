"""The tap: which streams there are, and what they share."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from singer_tapkit.config import config_error, to_config_schema, validate_base_url
from singer_tapkit.prefetch import Prefetcher
from singer_tapkit.schemas import load_schema
from singer_tapkit.tap import BaseTap
from tap_apparena.auth import AppArenaAuthenticator, validate_credentials
from tap_apparena.client import AppArenaClient
from tap_apparena.config import SETTINGS
from tap_apparena.filters import validate_filters
from tap_apparena.pagination import NEWEST_FIRST
from tap_apparena.relations import validate_relations
from tap_apparena.streams import STREAMS
from tap_apparena.streams.base import Resources
from tap_apparena.streams.lists import ListStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_apparena.streams.base import AppArenaStream


class TapAppArena(BaseTap):
    """Singer tap for App-Arena: apps, templates, projects, their settings and texts, customers."""

    name = "tap-apparena"
    config_jsonschema = to_config_schema(SETTINGS)

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("validate_config", True):
            self._refuse_children_of_new_ids()

    @override
    def validate_config(self) -> None:
        validate_credentials(self.config)
        _ = self.resources

    @cached_property
    def resources(self) -> Resources:
        """What all streams share."""
        schemas = {
            name: load_schema("tap_apparena", name)
            for name, stream in _streams_by_name().items()
            if stream.can_filter
        }
        allowed = {name: stream.relations for name, stream in _streams_by_name().items()}
        return Resources(
            client=self._build_client(),
            failures=self.failures,
            prefetcher=Prefetcher(self.config["max_concurrency"]),
            orders=dict.fromkeys(NEWEST_FIRST),
            filters=validate_filters(self.config.get("filters") or {}, schemas),
            relations=validate_relations(self.config.get("relations") or {}, allowed),
        )

    @override
    def discover_streams(self) -> Sequence[AppArenaStream]:
        return [stream(self, self.resources) for stream in STREAMS]

    def _build_client(self) -> AppArenaClient:
        url = validate_base_url(
            self.config["api_url"],
            "'api_url'",
            "https://my.app-arena.com/api/v2/",
            allow_http=self.config["allow_http"],
        )
        return AppArenaClient(
            [url],
            logger=self.logger,
            auth=AppArenaAuthenticator(
                api_key=self.config.get("api_key"), jwt=self.config.get("jwt")
            ),
            headers={"Content-Type": "application/json"},
            config=self.config,
            max_concurrency=self.config["max_concurrency"],
        )

    def _refuse_children_of_new_ids(self) -> None:
        """Refuse to read children where most of their parents would be left out.

        Raises:
            ConfigValidationError: Such are selected.
        """
        for stream in self.streams.values():
            if isinstance(stream, ListStream) and stream.reads_new_ids and stream.is_parent:
                children = ", ".join(
                    child.name for child in stream.descendent_streams if child.selected
                )
                raise config_error(
                    f"With 'incremental_mode' new_ids only new {stream.name} are read, so that "
                    f"{children} would lack all that belongs to older ones. Deselect these "
                    "streams, or set 'incremental_mode' to full; a second run with other settings "
                    "can do the one or the other."
                )


def _streams_by_name() -> dict[str, type[AppArenaStream]]:
    return {vars(stream)["name"]: stream for stream in STREAMS}
