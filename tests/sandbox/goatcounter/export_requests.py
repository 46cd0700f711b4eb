"""The body of ``POST /export``, and the export it asks for."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter import csv_export, json_export
from tests.sandbox.goatcounter.errors import ApiError
from tests.sandbox.goatcounter.exports import DEFAULT_SECONDS, Export, NextExport, Result
from tests.sandbox.goatcounter.parameters import parse_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.goatcounter.accounts import Site
    from tests.sandbox.goatcounter.json_export import Circumstances
    from tests.sandbox.goatcounter.store import Store

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
    return Result(csv_export.write(rows, wanted.csv_version), len(rows), last_hit_id)


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
