"""Exports: how they are made, how they end, and how they can be made to fail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter import csv_export
from tests.sandbox.goatcounter.timestamps import compact, fractions, seconds, seconds_or_null

if TYPE_CHECKING:
    from pathlib import Path

KEPT_FOR = timedelta(hours=24)
"""How long the file of an export stays."""

DIRECTORY = "/tmp/goatcounter"  # noqa: S108 - it is only ever named
DEFAULT_SECONDS = 0.5
"""The server pauses that long after each batch of rows."""

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
    """Number of rows told of ``csv`` or ``file``."""
    last_hit_id: int | None = None
    """Cursor told of ``csv`` or ``file``."""
    wrong_hash: bool = False
    csv_version: int = csv_export.VERSION
    """Version in the first column's name."""
    json_version: str = "1.0"
    """Version in the archive."""


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

    def digest(self) -> str:
        """SHA-256 of the file."""
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
        base = f"goatcounter-export-{self.site_code}-{compact(self._named_at)}"
        return f"{base}.zip" if self.format == "json" else f"{base}-{self.start_from_hit_id}.csv.gz"

    def __post_init__(self) -> None:
        """Keeps the moment that the file is named after."""
        self._named_at = self.created_at

    @property
    def ends_at(self) -> datetime | None:
        """When it is done or fails."""
        return None if self.takes is None else self.created_at + self.takes

    def finished_at(self, now: datetime) -> datetime | None:
        """When it was done; None if it is not, or has failed."""
        return self.ends_at if self.failure is None and self._has_ended(now) else None

    def error(self, now: datetime) -> str | None:
        """Why it failed, once it has; the server does not tell it of JSON exports."""
        return self.failure if self.format == "csv" and self._has_ended(now) else None

    def fail(self, error: str) -> None:
        """Makes it a failed export, from now on."""
        self.failure = error
        self.takes = timedelta()

    def move_back(self, by: timedelta) -> None:
        """Makes it older than it is."""
        self.created_at -= by

    def file_is_gone(self, now: datetime) -> bool:
        """Whether the file has been removed, by hand or by age."""
        return self.file_deleted or now - self.created_at > KEPT_FOR

    def content(self, now: datetime | None, *, with_format: bool) -> dict[str, object]:
        """The export as the API shows it.

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
            content["start_from_day"] = seconds(self.start_from_day)
        return {
            **content,
            "path": f"{DIRECTORY}/{self.file_name}",
            "created_at": seconds(self.created_at) if now else fractions(self.created_at),
            "finished_at": seconds_or_null(finished_at),
            "num_rows": done.rows if done else None,
            "size": f"{max(done.size / _MEGABYTE, 0.1):.1f}" if done else None,
            "hash": f"sha256-{self.hash}" if done else None,
            "error": self.error(now) if now else None,
        }

    def _has_ended(self, now: datetime) -> bool:
        return self.ends_at is not None and now >= self.ends_at
