"""Exports: how they are asked for and made, how they end, and how they can be made to fail."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter import csv_export, json_export
from tests.sandbox.goatcounter.errors import ApiError
from tests.sandbox.goatcounter.parameters import parse_moment
from tests.sandbox.goatcounter.timestamps import compact, fractions, seconds, seconds_or_null

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.sandbox.goatcounter.accounts import Site
    from tests.sandbox.goatcounter.json_export import Circumstances
    from tests.sandbox.goatcounter.store import Store

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
        """Why it failed, once it has; the server does not report it of JSON exports."""
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


_RFC_3339 = "2006-01-02T15:04:05Z07:00"
_BARE_DATE_LENGTH = 10
_WRONG_HASH = "0" * 64


@dataclass(frozen=True)
class ExportRequest:
    """What a client asks for."""

    format: str = "csv"
    start_from_hit_id: int = 0
    start_from_day: datetime | None = None


def parse(body: bytes, *, with_format: bool) -> ExportRequest:
    """Reads the body.

    Args:
        body: JSON, or nothing at all.
        with_format: Whether the server knows formats, and then wants one.

    Raises:
        ApiError: If anything is wrong with it.
    """
    fields = _fields(body)
    known = {"start_from_hit_id"} | ({"format", "start_from_day"} if with_format else set())
    for name in fields:
        if name not in known:
            raise _bad(f'unknown parameter: "{name}"')
    cursor = _cursor(fields.get("start_from_hit_id"))
    if not with_format:
        return ExportRequest(start_from_hit_id=cursor)
    return _checked(ExportRequest(str(fields.get("format", "")), cursor, _day(fields)))


def _checked(request: ExportRequest) -> ExportRequest:
    if request.format not in {"csv", "json"}:
        raise _bad(f'unknown format: "{request.format}"')
    if request.format == "json" and request.start_from_hit_id:
        raise _bad("start_from_hit_id is only valid for CSV exports")
    if request.format == "csv" and request.start_from_day:
        raise _bad("start_from_day is only valid for JSON exports")
    return request


def _fields(body: bytes) -> Mapping[str, object]:
    if not body.strip():
        return {}
    try:
        content = json.loads(body)
    except json.JSONDecodeError as error:
        ended = error.pos >= len(error.doc.rstrip())
        what = "unexpected EOF" if ended else f"invalid character '{error.doc[error.pos]}'"
        raise _bad(f"invalid JSON: {what}") from error
    if not isinstance(content, dict):
        raise _bad(_wrong_type(content, "", "handlers.apiExportRequest"))
    return content


def _cursor(value: object) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool):
        field = "field apiExportRequest.start_from_hit_id of type "
        raise _bad(_wrong_type(value, f"struct {field}", "goatcounter.HitID"))
    return value


def _day(fields: Mapping[str, object]) -> datetime | None:
    text = fields.get("start_from_day")
    if text is None:
        return None
    moment = parse_moment(str(text))
    if moment is None or len(str(text)) == _BARE_DATE_LENGTH:
        rest = str(text)[_BARE_DATE_LENGTH:]
        problem = f'parsing time "{text}" as "{_RFC_3339}": cannot parse "{rest}" as "T"'
        raise _bad(f"invalid JSON: {problem}")
    day = moment.astimezone(UTC).date()
    return datetime.combine(day, time(), UTC)


def _wrong_type(value: object, struct: str, kind: str) -> str:
    names = {str: "string", bool: "bool", list: "array", dict: "object"}
    name = names.get(type(value), "number")
    return f"invalid JSON: json: cannot unmarshal {name} into Go {struct}{kind}"


def make(
    number: int,
    request: ExportRequest,
    store: Store,
    circumstances: Circumstances,
    wanted: NextExport,
) -> Export:
    """Makes the export that a request asks for.

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
        hash=_WRONG_HASH,
        failure=wanted.error,
    )
    if request.format == "json":
        export.result = _json_result(store, circumstances, wanted, export)
    else:
        export.result = _csv_result(store, site, wanted, request.start_from_hit_id)
    if not wanted.never_finishes:
        export.takes = _duration(wanted, export.result)
    if not wanted.wrong_hash:
        export.hash = export.result.digest()
    return export


def _duration(wanted: NextExport, result: Result) -> timedelta:
    usual = DEFAULT_SECONDS if result.rows else 0
    return timedelta(seconds=usual if wanted.seconds is None else wanted.seconds)


def _csv_result(store: Store, site: Site, wanted: NextExport, cursor: int) -> Result:
    if wanted.file is not None:
        return Result(wanted.file, wanted.rows, wanted.last_hit_id)
    if wanted.csv is not None:
        return Result(gzip.compress(wanted.csv, mtime=0), wanted.rows, wanted.last_hit_id)
    rows = csv_export.rows_of(store.visits_of(site), cursor)
    last_hit_id = rows[-1].hit_id if rows else cursor
    return Result(csv_export.write(rows), len(rows), last_hit_id)


def _json_result(
    store: Store,
    circumstances: Circumstances,
    wanted: NextExport,
    export: Export,
) -> Result:
    if wanted.json is not None:
        return Result(wanted.json, None, None)
    folder = export.file_name.removesuffix(".zip")
    return Result(json_export.write(store, circumstances, folder), None, None)


def _bad(text: str) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, text)
