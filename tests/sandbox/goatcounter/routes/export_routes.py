"""Starting, watching and fetching exports."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from tests.sandbox.goatcounter import exports
from tests.sandbox.goatcounter.errors import bad_request_error, not_found_error, unexpected_error
from tests.sandbox.goatcounter.exports import RETENTION, NextExport
from tests.sandbox.goatcounter.json_export import Circumstances
from tests.sandbox.goatcounter.routes.call import json_response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.sandbox.goatcounter.exports import Export
    from tests.sandbox.goatcounter.routes.call import Context

CHUNK_BYTES = 1 << 18


def start_export(context: Context) -> Response:
    """Answer ``POST /export``."""
    state = context.state
    with_format = context.generation.knows_export_format
    request = exports.parse_request(context.call.body, with_format=with_format)
    wanted, state.next_export = state.next_export, NextExport()
    circumstances = Circumstances(
        site=context.site,
        user=context.token.user,
        now=context.now,
        server_version=state.version,
        start=request.start_from_day and request.start_from_day.date(),
    )
    number = state.first_export_id + len(state.exports)
    export = exports.make_export(number, request, state.store, circumstances, wanted)
    state.exports.append(export)
    return json_response(export.to_json(None, with_format=with_format), HTTPStatus.ACCEPTED)


def show_export(context: Context) -> Response:
    """Answer ``GET /export/{id}``."""
    with_format = context.generation.knows_export_format
    return json_response(_find_export(context).to_json(context.now, with_format=with_format))


def download_export(context: Context) -> Response:
    """Answer ``GET /export/{id}/download``."""
    export, now = _find_export(context), context.now
    finished_at = export.finished_at(now)
    if finished_at is None:
        return json_response({"error": "still being generated"}, HTTPStatus.ACCEPTED)
    if export.has_lost_file(now):
        if now - finished_at < RETENTION:
            text = "exports are kept for 24 hours; this export file has been deleted"
            raise bad_request_error(text)
        # The server compares the age the wrong way round, and so does not expect the usual case.
        raise unexpected_error(f"open {export.file_name}: no such file or directory")
    headers = {
        "Content-Type": "application/gzip",
        "Content-Disposition": f'attachment; filename="{export.file_name}"',
    }
    body = export.result.body
    if isinstance(body, bytes):
        return Response(body, headers=headers)
    return StreamingResponse(_read_chunks(body), headers=headers)


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
