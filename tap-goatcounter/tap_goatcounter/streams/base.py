"""What all streams have in common: a partition per site, failures that stay alone, keys."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

from typing_extensions import override

from singer_tapkit.config import parse_date
from singer_tapkit.errors import ExtractionError
from singer_tapkit.schemas import load_schema
from singer_tapkit.stream import BaseStream
from tap_goatcounter.export import ExportJob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record
    from typing_extensions import Unpack

    from singer_tapkit.failures import FailureCollector
    from tap_goatcounter.client import GoatCounterClient
    from tap_goatcounter.sites import Permission, Site, SiteDirectory


class Shared(TypedDict):
    """What all streams of a tap share."""

    sites: SiteDirectory
    failures: FailureCollector


class SiteStream(BaseStream):
    """A stream that is read once per site.

    Attributes:
        permission: What the token needs for it.
    """

    final_statuses = ()
    max_failures_in_a_row = None
    permission: ClassVar[Permission]

    def __init__(self, tap: Tap, name: str = "", **shared: Unpack[Shared]) -> None:
        """Load the schema of the stream, which needs a name if its class has none."""
        name = name or self.name
        super().__init__(
            tap,
            load_schema("tap_goatcounter", name),
            failures=shared["failures"],
            unknown_fields=tap.config["unknown_fields"],
            name=name,
        )
        self.sites = shared["sites"]

    @property
    def client(self) -> GoatCounterClient:
        """What sends requests to the sites."""
        return self.sites.client

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:
        return [{"site_id": site_id} for site_id in self.sites.by_id]

    @abstractmethod
    def read_site(self, site: Site, context: Context) -> Iterable[Record]:
        """Return the rows of one site as the API sends them, with the id of the site.

        Raises:
            ExtractionError: They cannot be read.
        """

    @override
    def partition_name(self, context: Context | None) -> str:
        return str(self.sites.by_id[context["site_id"]]) if context else ""

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if context is None:  # no site can be read
            return
        site = self.sites.by_id[context["site_id"]]
        if missing := site.missing_permissions([self.permission]):
            raise ExtractionError(
                f"the token lacks the permission {missing[0]!r}. Edit it in GoatCounter under "
                "user name → API, or deselect the stream."
            )
        yield from self.read_site(site, context)

    @override
    def post_process(self, row: Record, context: Context | None = None) -> Record:
        """Return a record with text where the settings want no empty keys."""
        if text := self.config["empty_key_text"]:
            row.update({name: text for name in self.primary_keys if row.get(name) == ""})
        return row

    def read_day_bookmark(self, site: Site, context: Context) -> date | None:
        """Return the day up to which was read before, None for everything.

        A bookmark that is no day of the past is dropped: what it stood for is read again.
        """
        bookmark = self.get_bookmark(context)
        if bookmark is None:
            return None
        try:
            day = date.fromisoformat(bookmark[:10] if isinstance(bookmark, str) else "")
        except ValueError:
            day = date.max
        if day <= site.now.astimezone(site.timezone).date():
            return day
        self.logger.warning(
            "The bookmark of %s for %s is %r, which is no day up to today. All days are read "
            "again, and the bookmark starts anew.",
            self.name,
            site,
            bookmark,
        )
        self.get_context_state(context).pop("replication_key_value")
        return None

    def resume_day(self, bookmark: date, earliest: date) -> date:
        """Return the day of a bookmark less the look-back, but none before the earliest."""
        resumed = bookmark.toordinal() - self.config["stats_lookback_days"]
        return date.fromordinal(max(earliest.toordinal(), resumed))

    def read_day_setting(self, name: str) -> date | None:
        """Return the day in a setting, None if it is not set."""
        value = self.config.get(name)
        return parse_date(value, name) if value else None

    def requires_export_format(self, site: Site) -> bool:
        """Return whether a site's server wants `format` in the request for an export."""
        choice = self.config["export_format_parameter"]
        return site.capabilities.requires_export_format if choice == "auto" else choice == "send"

    def open_export_job(self, site: Site, context: Context) -> ExportJob:
        """Return what makes exports of a site, and keeps them in the state of this stream."""
        return ExportJob(
            self.client,
            site,
            self.get_context_state(context),
            config=self.config,
            write_state=partial(self.write_state, at_once=True),
            logger=self.logger,
        )
