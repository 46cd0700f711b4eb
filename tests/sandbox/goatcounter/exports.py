"""Exports: how they are asked for and made, how they end, and how they can be made to fail."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter import csv_export, json_export
from tests.sandbox.goatcounter.errors import bad_request_error
from tests.sandbox.goatcounter.timestamps import (
    format_compact,
    format_fractions,
    format_seconds,
    parse_moment,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.goatcounter.accounts import Site
    from tests.sandbox.goatcounter.json_export import Circumstances
    from tests.sandbox.goatcounter.store import Store

RETENTION = timedelta(hours=24)
"""How long the file of an export stays."""

DIRECTORY = "/tmp/goatcounter"  # noqa: S108 - it is only ever named
DEFAULT_SECONDS = 0.5
"""The server pauses that long after each batch of rows."""

WRONG_HASH = "0" * 64
DATE_LENGTH = 10

_MEGABYTE = 1024 * 1024


@dataclass
class NextExport:
    """How the next export deviates from what the data say; then everything is usual again."""

    error: str | None = None
    """Text with which it fails."""
    never_finishes: bool = False
    seconds: float | None = None
    """How long it takes; None is half a second with rows and no time at all without."""
    csv: bytes | None = None
    """Text of the CSV in place of the rows stored; compressed by the sandbox."""
    json: bytes | None = None
    """Archive in place of the statistics stored."""
    file: Path | None = None
    """Compressed file to serve as it is, however large; give ``rows`` and ``last_hit_id``."""
    rows: int | None = None
    """Number of rows reported of ``csv`` or ``file``."""
    last_hit_id: int | None = None
    """Cursor reported of ``csv`` or ``file``."""
    wrong_hash: bool = False


@dataclass
class Result:
    """What an export brings when it is done."""

    body: bytes | Path
    rows: int | None
    last_hit_id: int | None

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size

    def hash(self) -> str:
        """Return the SHA-256 of the file."""
        if isinstance(self.body, bytes):
            return hashlib.sha256(self.body).hexdigest()
        with self.body.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class Export:
    """One export."""

    id: int
    site_id: int
    site_code: str
    format: str
    start_from_hit_id: int
    start_from_day: datetime | None
    created_at: datetime
    result: Result
    takes: timedelta | None
    """Time until it is done or fails; None if neither ever happens."""
    hash: str
    failure: str | None = None
    file_deleted: bool = False

    @property
    def file_name(self) -> str:
        """Name of the file."""
        base = f"goatcounter-export-{self.site_code}-{format_compact(self._named_at)}"
        return f"{base}.zip" if self.format == "json" else f"{base}-{self.start_from_hit_id}.csv.gz"

    def __post_init__(self) -> None:
        """Keep the moment that the file is named after."""
        self._named_at = self.created_at

    @property
    def ends_at(self) -> datetime | None:
        """When it is done or fails."""
        return None if self.takes is None else self.created_at + self.takes

    def finished_at(self, now: datetime) -> datetime | None:
        """Return when it was done; None if it is not, or has failed."""
        return self.ends_at if self.failure is None and self._has_ended(now) else None

    def error(self, now: datetime) -> str | None:
        """Return why it failed, once it has; the server does not report it of JSON exports."""
        return self.failure if self.format == "csv" and self._has_ended(now) else None

    def fail(self, error: str) -> None:
        """Make it a failed export, from now on."""
        self.failure = error
        self.takes = timedelta()

    def move_back(self, by: timedelta) -> None:
        """Make it older than it is."""
        self.created_at -= by

    def has_lost_file(self, now: datetime) -> bool:
        """Return whether the file has been removed, by hand or by age."""
        return self.file_deleted or now - self.created_at > RETENTION

    def to_json(self, now: datetime | None, *, with_format: bool) -> dict[str, object]:
        """Return the export as the API shows it.

        Args:
            now: Present moment; None in the answer that starts the export, where it is never done.
            with_format: Whether the server knows formats.
        """
        finished_at = now and self.finished_at(now)
        done = self.result if finished_at else None
        content: dict[str, object] = {"id": self.id, "site_id": self.site_id}
        if with_format:
            content["format"] = self.format
        if self.start_from_hit_id or not with_format:
            content["start_from_hit_id"] = self.start_from_hit_id
        content["last_hit_id"] = done.last_hit_id if done else None
        if self.start_from_day:
            content["start_from_day"] = format_seconds(self.start_from_day)
        return {
            **content,
            "path": f"{DIRECTORY}/{self.file_name}",
            "created_at": format_seconds(self.created_at)
            if now
            else format_fractions(self.created_at),
            "finished_at": format_seconds(finished_at) if finished_at else None,
            "num_rows": done.rows if done else None,
            "size": f"{max(done.size / _MEGABYTE, 0.1):.1f}" if done else None,
            "hash": f"sha256-{self.hash}" if done else None,
            "error": self.error(now) if now else None,
        }

    def _has_ended(self, now: datetime) -> bool:
        return self.ends_at is not None and now >= self.ends_at


@dataclass(frozen=True)
class ExportRequest:
    """What a client asks for."""

    format: str = "csv"
    start_from_hit_id: int = 0
    start_from_day: datetime | None = None


def parse_request(body: bytes, *, with_format: bool) -> ExportRequest:
    """Read the body.

    Args:
        body: JSON, or nothing at all.
        with_format: Whether the server knows formats, and then wants one.

    Raises:
        ApiError: There is another field, or no format.
    """
    fields = json.loads(body or b"{}")
    known = {"start_from_hit_id"} | ({"format", "start_from_day"} if with_format else set())
    for name in fields:
        if name not in known:
            raise bad_request_error(f'unknown parameter: "{name}"')
    cursor = fields.get("start_from_hit_id", 0)
    if not with_format:
        return ExportRequest(start_from_hit_id=cursor)
    format_ = fields.get("format", "")
    if format_ not in {"csv", "json"}:
        raise bad_request_error(f'unknown format: "{format_}"')
    day = fields.get("start_from_day")
    return ExportRequest(format_, cursor, parse_moment(day[:DATE_LENGTH]) if day else None)


def make_export(
    number: int,
    request: ExportRequest,
    store: Store,
    circumstances: Circumstances,
    wanted: NextExport,
) -> Export:
    """Make the export that a request asks for.

    Args:
        number: Id of the export.
        request: What the client asks for.
        store: What was counted.
        circumstances: For whom, by whom and when.
        wanted: What a test wants to be different.
    """
    site = circumstances.site
    export = Export(
        id=number,
        site_id=site.id,
        site_code=site.code,
        format=request.format,
        start_from_hit_id=request.start_from_hit_id,
        start_from_day=request.start_from_day,
        created_at=circumstances.now,
        result=Result(b"", None, None),
        takes=None,
        hash=WRONG_HASH,
        failure=wanted.error,
    )
    if request.format == "json":
        export.result = _make_archive(store, circumstances, wanted, export)
    else:
        export.result = _make_csv(store, site, wanted, request.start_from_hit_id)
    if not wanted.never_finishes:
        usual = DEFAULT_SECONDS if export.result.rows else 0
        export.takes = timedelta(seconds=usual if wanted.seconds is None else wanted.seconds)
    if not wanted.wrong_hash:
        export.hash = export.result.hash()
    return export


def _make_csv(store: Store, site: Site, wanted: NextExport, cursor: int) -> Result:
    if wanted.file is not None:
        return Result(wanted.file, wanted.rows, wanted.last_hit_id)
    if wanted.csv is not None:
        return Result(gzip.compress(wanted.csv, mtime=0), wanted.rows, wanted.last_hit_id)
    rows = csv_export.select_rows(store.list_visits(site), cursor)
    last_hit_id = rows[-1].hit_id if rows else cursor
    return Result(csv_export.write_rows(rows), len(rows), last_hit_id)


def _make_archive(
    store: Store, circumstances: Circumstances, wanted: NextExport, export: Export
) -> Result:
    if wanted.json is not None:
        return Result(wanted.json, None, None)
    folder = export.file_name.removesuffix(".zip")
    return Result(json_export.write_archive(store, circumstances, folder), None, None)
