"""A small tap: orders per account, and customers with their notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th
from typing_extensions import override

from singer_tapkit.child_stream import ChildStream
from singer_tapkit.client import HttpClient
from singer_tapkit.config import common_settings, config_error, to_config_schema
from singer_tapkit.stream import BaseStream
from singer_tapkit.tap import BaseTap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

ID = {"type": "integer", "description": "The number."}
TEXT = {"type": ["string", "null"], "description": "The text."}
ORDER = {"type": "object", "properties": {"id": ID, "account": TEXT, "note": TEXT}}
CUSTOMER = {"type": "object", "properties": {"id": ID, "name": TEXT}}
NOTE = {"type": "object", "properties": {"id": ID, "customer_id": ID, "text": TEXT}}


class SmallStream(BaseStream):
    """A stream of the small tap."""

    client: HttpClient

    def fetch(self, path: str) -> list[dict[str, Any]]:
        """Return the rows at a path."""
        return self.client.get_json(path, list[dict[str, Any]])


class Orders(SmallStream):
    """Orders of each account, by their number."""

    name = "orders"
    primary_keys = ("account", "id")
    replication_key = "id"

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:
        return [{"account": account} for account in self.config["accounts"]]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        account = (context or {})["account"]
        bookmark = self.get_bookmark(context)
        last = None
        for row in self.fetch(f"/orders/{account}"):
            if bookmark is None or row["id"] > bookmark:
                yield {**row, "account": account}
                last = row["id"]
        if last is not None:
            self.advance_bookmark(context, last)

    @override
    def check_connection(self) -> bool:
        self.fetch("/orders")
        return True


class Customers(SmallStream):
    """All customers."""

    name = "customers"
    primary_keys = ("id",)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        yield from self.fetch("/customers")

    @override
    def get_child_context(self, record: Record, context: Context | None) -> dict[str, Any]:
        return {"customer_id": record["id"]}


class Notes(ChildStream, SmallStream):
    """The notes of each customer."""

    name = "notes"
    primary_keys = ("id",)
    parent_stream_type = Customers
    absences = {404: "customers without notes"}  # noqa: RUF012

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        customer = (context or {})["customer_id"]
        for row in self.fetch(f"/customers/{customer}/notes"):
            yield {**row, "customer_id": customer}


class SmallTap(BaseTap):
    """A tap that has all that the library offers."""

    name = "tap-small"
    package_name = "singer-tapkit"
    config_jsonschema = to_config_schema(
        th.PropertiesList(
            th.Property("api_key", th.StringType(min_length=8), required=True, secret=True),
            th.Property("url", th.StringType, required=True),
            th.Property("accounts", th.ArrayType(th.StringType), default=["a"]),
            *common_settings("tap-small"),
        )
    )

    @override
    def validate_config(self) -> None:
        if not self.config["accounts"]:
            raise config_error("'accounts' must name at least one.")

    @override
    def discover_streams(self) -> Sequence[BaseStream]:
        client = HttpClient(
            [self.config.get("url", "")],
            logger=self.logger,
            headers={"X-Api-Key": self.config.get("api_key", "")},
            config={**self.config, "max_retries": 0},
        )
        streams = [
            Orders(self, ORDER, failures=self.failures),
            Customers(self, CUSTOMER, failures=self.failures),
            Notes(self, NOTE, failures=self.failures),
        ]
        for stream in streams:
            stream.client = client
        return streams


if __name__ == "__main__":
    SmallTap.cli()
