"""Paths and statistics."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter import breakdowns, statistics
from tests.sandbox.goatcounter.breakdowns import Slice
from tests.sandbox.goatcounter.errors import ApiError
from tests.sandbox.goatcounter.parameters import Parameters
from tests.sandbox.goatcounter.routes.call import json_response
from tests.sandbox.goatcounter.statistics import Question

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.sandbox.goatcounter.routes.call import Context
    from tests.sandbox.goatcounter.store import Visit

DEFAULT_LIMIT = 20
MAX_PATHS = 200
MAX_ROWS = 100
WINDOW = {"start", "end", "include_paths"}
PAGE = {"limit", "offset"}


def list_paths(context: Context) -> Response:
    """Answer ``GET /paths``: pages and events."""
    parameters = Parameters(context.call.query, {"limit", "after"})
    limit = parameters.read_limit(DEFAULT_LIMIT, context.state.cap(MAX_PATHS))
    after = parameters.read_number("after", 0)
    found = [path for path in context.state.store.list_paths(context.site) if path.id > after]
    if context.generation.sorts_paths_by_text:
        found.sort(key=lambda path: (path.path.encode(), path.id))
    items = [
        {"id": path.id, "path": path.path, "title": path.title, "event": path.event}
        for path in found[:limit]
    ]
    return json_response({"paths": items, "more": len(found) > limit})


def count_total(context: Context) -> Response:
    """Answer ``GET /stats/total``."""
    question = _read_question(context, Parameters(context.call.query, WINDOW))
    _check_cost(context, question)
    return json_response(statistics.count_total(_list_visits(context), question))


def count_by_path(context: Context) -> Response:
    """Answer ``GET /stats/hits``."""
    known = {*WINDOW, "limit", "exclude_paths"}
    if context.generation.knows_group:
        known.add("group")
    parameters = Parameters(context.call.query, known)
    question = _read_question(context, parameters)
    limit = parameters.read_limit(DEFAULT_LIMIT, context.state.cap(MAX_ROWS))
    _check_cost(context, question)
    return json_response(statistics.count_by_path(_list_visits(context), question, limit))


def list_referrers(context: Context) -> Response:
    """Answer ``GET /stats/hits/{path_id}``: where visitors of one path came from."""
    parameters = Parameters(context.call.query, WINDOW | PAGE)
    question = _read_question(context, parameters, {int(context.arguments["path_id"])})
    found = question.select_visitors(_list_visits(context))
    return json_response(breakdowns.read_referrers(found, _read_slice(context, parameters)))


def list_breakdown(context: Context) -> Response:
    """Answer ``GET /stats/{page}``."""
    parameters = Parameters(context.call.query, WINDOW | PAGE)
    response = breakdowns.read_breakdown(
        context.arguments["page"],
        _list_visits(context),
        _read_question(context, parameters),
        _read_slice(context, parameters),
    )
    return json_response(response)


def list_detail(context: Context) -> Response:
    """Answer ``GET /stats/{page}/{id}``."""
    parameters = Parameters(context.call.query, WINDOW | PAGE)
    response = breakdowns.read_detail(
        context.arguments["page"],
        context.arguments["id"],
        _list_visits(context),
        _read_question(context, parameters),
        _read_slice(context, parameters),
    )
    return json_response(response)


def _list_visits(context: Context) -> list[Visit]:
    return context.state.store.list_visits(context.site)


def _read_slice(context: Context, parameters: Parameters) -> Slice:
    limit = parameters.read_limit(DEFAULT_LIMIT, context.state.cap(MAX_ROWS))
    return Slice(limit, parameters.read_number("offset", 0))


def _read_question(
    context: Context, parameters: Parameters, paths: set[int] | None = None
) -> Question:
    return Question(
        window=parameters.read_window(context.now),
        generation=context.generation,
        zone=context.token.user.zone,
        now=context.now,
        paths=paths or parameters.read_numbers("include_paths"),
        excluded=parameters.read_numbers("exclude_paths"),
        by_day=parameters.has("group"),
    )


def _check_cost(context: Context, question: Question) -> None:
    max_days = context.state.query_days_limit
    window = question.window
    if max_days is not None and window.end - window.start > timedelta(days=max_days):
        raise ApiError(HTTPStatus.GATEWAY_TIMEOUT, "server timed out loading data")
