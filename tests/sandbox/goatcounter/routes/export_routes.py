"""Starting, watching and fetching exports."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from tests.sandbox.goatcounter import exports
from tests.sandbox.goatcounter.errors import ApiError, not_found, unexpected
from tests.sandbox.goatcounter.exports import KEPT_FOR, NextExport
from tests.sandbox.goatcounter.json_export import Circumstances
from tests.sandbox.goatcounter.parameters import whole_number
from tests.sandbox.goatcounter.routes.call import json_response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.sandbox.goatcounter.exports import Export
    from tests.sandbox.goatcounter.routes.call import Context

_PIECE = 256 * 1024


def start(context: Context) -> Response:
    """``POST /export``."""
    if not context.call.sends_json:
        text = f'unable to handle Content-Type "{context.call.content_type}"'
        raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text)
    state = context.state
    with_format = context.generation.knows_export_format
    request = exports.parse(context.call.body, with_format=with_format)
    wanted, state.next_export = state.next_export, NextExport()
    circumstances = Circumstances(
        site=context.site,
        user=context.token.user,
        now=context.now,
        server_version=state.version,
        start=request.start_from_day and request.start_from_day.date(),
    )
    number = state.first_export_id + len(state.exports)
    export = exports.make(number, request, state.store, circumstances, wanted)
    state.exports.append(export)
    return json_response(export.content(None, with_format=with_format), HTTPStatus.ACCEPTED)


def show(context: Context) -> Response:
    """``GET /export/{id}``."""
    with_format = context.generation.knows_export_format
    return json_response(_export(context).content(context.now, with_format=with_format))


def download(context: Context) -> Response:
    """``GET /export/{id}/download``."""
    export, now = _export(context), context.now
    finished_at = export.finished_at(now)
    if finished_at is None:
        return json_response({"error": "still being generated"}, HTTPStatus.ACCEPTED)
    if export.file_is_gone(now):
        if now - finished_at < KEPT_FOR:
            text = "exports are kept for 24 hours; this export file has been deleted"
            return json_response({"error": text}, HTTPStatus.BAD_REQUEST)
        # The server compares the age the wrong way round, and so does not expect the usual case.
        raise unexpected(f"open {export.file_name}: no such file or directory")
    headers = {
        "Content-Type": "application/gzip",
        "Content-Disposition": f'attachment; filename="{export.file_name}"',
    }
    body = export.result.body
    if isinstance(body, bytes):
        return Response(body, headers=headers)
    return StreamingResponse(_pieces(body), headers=headers)


def _export(context: Context) -> Export:
    number = whole_number(context.arguments["id"], "id")
    own = (export for export in context.state.exports if export.site_id == context.site.id)
    found = next((export for export in own if export.id == number), None)
    if found is None:
        raise not_found()
    return found


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
