"""What all streams have in common: a partition per site, failures that stay alone, bookmarks."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_goatcounter.answers import FAILURES
from tap_goatcounter.client import GoatCounterClient
from tap_goatcounter.errors import SiteError
from tap_goatcounter.failures import ForgivingStream
from tap_goatcounter.own_schema import OwnSchemaStream
from tap_goatcounter.truthful_state import TruthfulStream
from tap_goatcounter.unknown_fields import KEPT_AS, KEPT_SCHEMA, UnknownFields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk import typing as th
    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.sites import Permission, Site
    from tap_goatcounter.tap import TapGoatCounter
    from tap_goatcounter.unknown_fields import Policy


class SiteStream(ForgivingStream, TruthfulStream, OwnSchemaStream, GoatCounterClient):
    """A stream that is read once per site."""

    properties: ClassVar[th.PropertiesList]
    permission: ClassVar[Permission]
    _tap: TapGoatCounter

    @override
    def __init__(self, tap: TapGoatCounter) -> None:
        schema = self.properties.to_dict()
        policy: Policy = tap.config["unknown_fields"]
        if policy == "keep":
            schema["properties"][KEPT_AS] = KEPT_SCHEMA
        super().__init__(tap, schema=schema)
        self._empty_key_text = tap.config["empty_key_text"]
        self._unknown_fields = UnknownFields(policy, schema["properties"], self.logger)

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:
        return [{"site_id": site_id} for site_id in self._tap.sites]

    @abstractmethod
    def read(self, site: Site, context: Context) -> Iterable[Record]:
        """Read the records of one site.

        Args:
            site: The site.
            context: The partition of the site, for its state.

        Returns:
            The records, without what `post_process` adds.
        """

    @override
    def get_records(self, context: Context | None) -> Iterable[Record]:
        if context is None:
            return
        site = self._tap.sites[context["site_id"]]
        try:
            if missing := site.lacks([self.permission]):
                raise SiteError(
                    f"the token lacks the permission {missing[0]!r}. Edit it in GoatCounter under "
                    f"user name → API, or deselect the stream.",
                )
            for record in self.read(site, context):
                self._unknown_fields.apply(record)
                yield self._with_full_key(record)
        except FAILURES as error:
            self.fail(f"{self.name} of {site}", error)
        self.write_state()

    def _with_full_key(self, record: Record) -> Record:
        """Put the text that the settings want where a key would be empty."""
        if self._empty_key_text:
            for name in self.primary_keys:
                record[name] = self._empty_key_text if record[name] == "" else record[name]
        return record

    def takes_format(self, site: Site) -> bool:
        """Tell whether a site's server wants `format` in the request for an export."""
        choice = self.config["export_format_parameter"]
        return site.server.takes_format if choice == "auto" else bool(choice == "send")
