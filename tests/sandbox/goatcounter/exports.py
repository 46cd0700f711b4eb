"""Exports: how they are asked for and made, how they end, and how they can be made to fail."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from starlette.responses import Response, StreamingResponse

from tests.sandbox.goatcounter import csv_export, json_export
from tests.sandbox.goatcounter.call import (
    ApiError,
    check_names,
    json_response,
    not_found_error,
    unexpected_error,
)
from tests.sandbox.goatcounter.timestamps import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.sandbox.goatcounter.call import Context

RETENTION = timedelta(hours=24)
"""How long the file of an export stays."""

DIRECTORY = "/tmp/goatcounter"  # noqa: S108 - it is only ever named
DEFAULT_SECONDS = 0.5
"""The server pauses that long after each batch of rows."""

WRONG_HASH = "0" * 64
DATE_LENGTH = 10
CHUNK_BYTES = 1 << 18
MEGABYTE = 1024 * 1024

File: TypeAlias = "tuple[bytes | Path, int | None, int | None]"
"""The content of a file, its number of rows and its last id."""


@dataclass
class NextExport:
    """How the next export deviates from what the data say; then everything is usual again.

    Attributes:
        error: Text with which it fails.
        csv: Text of the CSV in place of the rows stored; compressed by the sandbox.
        json: Archive in place of the statistics stored.
        file: Compressed file to serve as it is, however large.
        rows: Number of rows reported of `csv` or `file`.
        last_hit_id: Cursor reported of `csv` or `file`.
    """

    error: str | None = None
    never_finishes: bool = False
    csv: bytes | None = None
    json: bytes | None = None
    file: Path | None = None
    rows: int | None = None
    last_hit_id: int | None = None
    wrong_hash: bool = False


@dataclass(frozen=True)
class ExportRequest:
    """What a client asks for."""

    format: str = "csv"
    start_from_hit_id: int = 0
    start_from_day: datetime | None = None


@dataclass
class Export:
    """One export.

    Attributes:
        takes: Time until it is done or fails; None if neither ever happens.
    """

    id: int
    site_id: int
    request: ExportRequest
    file_name: str
    created_at: datetime
    body: bytes | Path
    rows: int | None
    last_hit_id: int | None
    hash: str = WRONG_HASH
    takes: timedelta | None = None
    failure: str | None = None
    file_deleted: bool = False

    def finished_at(self, now: datetime) -> datetime | None:
        """Return when it was done; None if it is not, or has failed."""
        is_done = self.failure is None and self._has_ended(now)
        return self.created_at + self.takes if is_done and self.takes is not None else None

    def fail(self, error: str) -> None:
        """Make it a failed export, from now on."""
        self.failure = error
        self.takes = timedelta()

    def has_lost_file(self, now: datetime) -> bool:
        """Return whether the file has been removed, by hand or by age."""
        return self.file_deleted or now - self.created_at > RETENTION

    def to_json(self, now: datetime, *, is_newer: bool, is_new: bool = False) -> dict[str, object]:
        """Return the export as the API shows it.

        Args:
            now: Present moment.
            is_newer: Whether the server knows formats.
            is_new: Whether it starts with this response, in which it is never done.
        """
        finished_at = None if is_new else self.finished_at(now)
        is_done = finished_at is not None
        request = self.request
        # failures of JSON exports are not reported
        is_reported = not is_new and request.format == "csv" and self._has_ended(now)
        content: dict[str, object] = {
            "id": self.id,
            "site_id": self.site_id,
            "last_hit_id": self.last_hit_id if is_done else None,
            "path": f"{DIRECTORY}/{self.file_name}",
            "created_at": format_time(self.created_at),
            "finished_at": format_time(finished_at) if finished_at else None,
            "num_rows": self.rows if is_done else None,
            "size": f"{max(self._size / MEGABYTE, 0.1):.1f}" if is_done else None,
            "hash": f"sha256-{self.hash}" if is_done else None,
            "error": self.failure if is_reported else None,
        }
        if is_new:
            text = self.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
            content["created_at"] = text.rstrip("0").rstrip(".") + "Z"
        if is_newer:
            content["format"] = request.format
        if request.start_from_hit_id or not is_newer:
            content["start_from_hit_id"] = request.start_from_hit_id
        if request.start_from_day:
            content["start_from_day"] = format_time(request.start_from_day)
        return content

    @property
    def _size(self) -> int:
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size

    def _has_ended(self, now: datetime) -> bool:
        return self.takes is not None and now >= self.created_at + self.takes


def start_export(context: Context) -> Response:
    """Answer ``POST /export``."""
    state = context.state
    request = _parse_request(context)
    wanted, state.next_export = state.next_export, NextExport()
    named = f"{context.site.code}-{context.now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    folder = f"goatcounter-export-{named}"
    if request.format == "json":
        file_name = f"{folder}.zip"
        archive = wanted.json or json_export.write_archive(context, folder, request.start_from_day)
        result: File = archive, None, None
    else:
        file_name = f"{folder}-{request.start_from_hit_id}.csv.gz"
        result = _make_csv(context, wanted, request.start_from_hit_id)
    body, rows, last_hit_id = result
    export = Export(
        id=state.first_export_id + len(state.exports),
        site_id=context.site.id,
        request=request,
        file_name=file_name,
        created_at=context.now,
        body=body,
        rows=rows,
        last_hit_id=last_hit_id,
        failure=wanted.error,
    )
    if not wanted.never_finishes:
        export.takes = timedelta(seconds=DEFAULT_SECONDS if rows else 0)
    if not wanted.wrong_hash:
        export.hash = _hash(body)
    state.exports.append(export)
    content = export.to_json(context.now, is_newer=context.generation.is_newer, is_new=True)
    return json_response(content, HTTPStatus.ACCEPTED)


def show_export(context: Context) -> Response:
    """Answer ``GET /export/{id}``."""
    export = _find_export(context)
    return json_response(export.to_json(context.now, is_newer=context.generation.is_newer))


def download_export(context: Context) -> Response:
    """Answer ``GET /export/{id}/download``."""
    export, now = _find_export(context), context.now
    finished_at = export.finished_at(now)
    if finished_at is None:
        return json_response({"error": "still being generated"}, HTTPStatus.ACCEPTED)
    if export.has_lost_file(now):
        if now - finished_at < RETENTION:
            text = "exports are kept for 24 hours; this export file has been deleted"
            raise ApiError(HTTPStatus.BAD_REQUEST, text)
        # The server compares the age the wrong way round, and so does not expect the usual case.
        raise unexpected_error(f"open {export.file_name}: no such file or directory")
    headers = {
        "Content-Type": "application/gzip",
        "Content-Disposition": f'attachment; filename="{export.file_name}"',
    }
    if isinstance(export.body, bytes):
        return Response(export.body, headers=headers)
    return StreamingResponse(_read_chunks(export.body), headers=headers)


def _parse_request(context: Context) -> ExportRequest:
    """Read the body of a request, which must have a format on the newer server alone.

    Raises:
        ApiError: There is another field, or no format.
    """
    fields = json.loads(context.call.body or b"{}")
    is_newer = context.generation.is_newer
    check_names(fields, {"start_from_hit_id", *(["format", "start_from_day"] if is_newer else [])})
    cursor = fields.get("start_from_hit_id", 0)
    if not is_newer:
        return ExportRequest(start_from_hit_id=cursor)
    format_ = fields.get("format", "")
    if format_ not in {"csv", "json"}:
        raise ApiError(HTTPStatus.BAD_REQUEST, f'unknown format: "{format_}"')
    day = fields.get("start_from_day")
    return ExportRequest(format_, cursor, parse_time(day[:DATE_LENGTH]) if day else None)


def _make_csv(context: Context, wanted: NextExport, cursor: int) -> File:
    if wanted.file is not None:
        return wanted.file, wanted.rows, wanted.last_hit_id
    if wanted.csv is not None:
        return gzip.compress(wanted.csv, mtime=0), wanted.rows, wanted.last_hit_id
    hits = csv_export.select_hits(context.state.store.visits[context.site.id], cursor)
    return csv_export.write_rows(hits), len(hits), hits[-1].hit_id if hits else cursor


def _hash(body: bytes | Path) -> str:
    if isinstance(body, bytes):
        return hashlib.sha256(body).hexdigest()
    with body.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find_export(context: Context) -> Export:
    number = context.arguments["id"]
    for export in context.state.exports:
        if export.site_id == context.site.id and str(export.id) == number:
            return export
    raise not_found_error()


async def _read_chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
