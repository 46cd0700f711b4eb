"""The sites of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from typing_extensions import override

from tap_goatcounter.sites import Permission
from tap_goatcounter.streams.base import SiteStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_goatcounter.sites import Site

COMMA_SEPARATED: Final = ("ignore_ips", "collect_regions", "allow_embed")


class _Settings(msgspec.Struct):
    ignore_ips: str
    collect_regions: str
    allow_embed: str


class _Row(msgspec.Struct):
    id: int
    setttings: _Settings


class _Page(msgspec.Struct):
    """The response of ``GET /sites``, as far as the stream changes it."""

    sites: list[_Row]


class Sites(SiteStream):
    """The sites of the account that the token may read, without their access secrets."""

    name = "sites"
    primary_keys = ("id",)
    permission = Permission.SITE_READ
    selected_by_default = True

    @override
    def read_site(self, site: Site, context: Context) -> Iterator[Record]:
        """Yield the sites that an address knows; with child sites, several know the same ones."""
        response = self.client.fetch(site.credentials, "/sites", _Page)
        for row in self.client.decode(response, dict[str, Any])["sites"]:
            if row["id"] == site.id or row["id"] not in self.sites.by_id:
                yield _to_record(row)


def _to_record(row: dict[str, Any]) -> Record:
    """Correct the spelling of `setttings`, leave out its secret, split its lists."""
    settings = row.pop("setttings")
    settings.pop("secret", None)
    for name in COMMA_SEPARATED:
        settings[name] = [item for item in settings[name].split(",") if item]
    return {**row, "site_id": row["id"], "settings": settings}
