"""Paths and statistics."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter import breakdowns, statistics
from tests.sandbox.goatcounter.errors import ApiError
from tests.sandbox.goatcounter.parameters import GROUPS, Parameters, whole_number
from tests.sandbox.goatcounter.routes.call import json_response
from tests.sandbox.goatcounter.statistics import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from tests.sandbox.goatcounter.parameters import Window
    from tests.sandbox.goatcounter.routes.call import Context
    from tests.sandbox.goatcounter.store import Visit

_DEFAULT_LIMIT = 20
_PATHS_CAP = 200
_STATISTICS_CAP = 100
_WINDOW = {"start", "end"}
_CHOICE = {"include_paths", "path_by_name"}
_PAGE = {"limit", "offset"}


def paths(context: Context) -> Response:
    """``GET /paths``: pages and events."""
    parameters = Parameters(context.call.query, {"limit", "after"})
    limit = parameters.limit(_DEFAULT_LIMIT, context.state.cap(_PATHS_CAP))
    after = parameters.number("after", 0)
    found = [path for path in context.state.store.paths_of(context.site) if path.id > after]
    if context.generation.sorts_paths_by_text:
        found.sort(key=lambda path: (path.path.encode(), path.id))
    items = [
        {"id": path.id, "path": path.path, "title": path.title, "event": path.event}
        for path in found[:limit]
    ]
    return json_response({"paths": items, "more": len(found) > limit})


def total(context: Context) -> Response:
    """``GET /stats/total``."""
    parameters = Parameters(context.call.query, _WINDOW | _CHOICE)
    question = _question(context, parameters)
    _check_cost(context, question.window)
    return json_response(statistics.total(_visits(context), question))


def hits(context: Context) -> Response:
    """``GET /stats/hits``."""
    known = _WINDOW | _CHOICE | {"limit", "exclude_paths", "daily"}
    if context.generation.knows_group:
        known |= {"group"}
    parameters = Parameters(context.call.query, known)
    question = _question(context, parameters)
    limit = parameters.limit(_DEFAULT_LIMIT, context.state.cap(_STATISTICS_CAP))
    _check_cost(context, question.window)
    return json_response(statistics.hits(_visits(context), question, limit))


def referrers(context: Context) -> Response:
    """``GET /stats/hits/{path_id}``: where visitors of one path came from."""
    path_id = whole_number(context.arguments["path_id"], "path_id")
    parameters = Parameters(context.call.query, _WINDOW | _PAGE)
    question = _question(context, parameters, only_path=path_id)
    found = list(question.visitors(_visits(context)))
    return json_response(breakdowns.referrers_of_path(found, _slice(context, parameters)))


def check_page(arguments: Mapping[str, str]) -> None:
    """Refuses a page of statistics that does not exist."""
    breakdowns.check_page(arguments["page"], breakdowns.PAGES)


def breakdown(context: Context) -> Response:
    """``GET /stats/{page}``."""
    parameters = Parameters(context.call.query, _WINDOW | _CHOICE | _PAGE)
    answer = breakdowns.breakdown(
        context.arguments["page"],
        _visits(context),
        _question(context, parameters),
        _slice(context, parameters),
    )
    return json_response(answer)


def check_detail(arguments: Mapping[str, str]) -> None:
    """Refuses a page of statistics that has no details."""
    breakdowns.check_page(arguments["page"], breakdowns.DETAILS)


def detail(context: Context) -> Response:
    """``GET /stats/{page}/{id}``."""
    parameters = Parameters(context.call.query, _WINDOW | _CHOICE | _PAGE)
    answer = breakdowns.detail(
        context.arguments["page"],
        context.arguments["id"],
        _visits(context),
        _question(context, parameters),
        _slice(context, parameters),
    )
    return json_response(answer)


def _visits(context: Context) -> list[Visit]:
    return context.state.store.visits_of(context.site)


def _slice(context: Context, parameters: Parameters) -> breakdowns.Slice:
    limit = parameters.limit(_DEFAULT_LIMIT, context.state.cap(_STATISTICS_CAP))
    return breakdowns.Slice(limit, parameters.offset())


def _question(
    context: Context,
    parameters: Parameters,
    only_path: int | None = None,
) -> Question:
    chosen = _chosen_paths(context, parameters) if only_path is None else {only_path}
    return Question(
        window=parameters.window(context.now),
        generation=context.generation,
        zone=context.token.user.zone,
        now=context.now,
        paths=chosen,
        excluded=set(parameters.numbers("exclude_paths")),
        group=max(parameters.group(), GROUPS.index("day") if parameters.flag("daily") else 0),
    )


def _chosen_paths(context: Context, parameters: Parameters) -> set[int] | None:
    """The ids of the paths asked for; None if all are."""
    if not parameters.items("include_paths"):
        return None
    if not parameters.flag("path_by_name"):
        return set(parameters.numbers("include_paths"))
    names = parameters.items("include_paths")
    paths = context.state.store.paths_of(context.site)
    return {path.id for path in paths if path.path.lower() in names}


def _check_cost(context: Context, window: Window) -> None:
    most = context.state.query_days_limit
    if most is not None and window.end - window.start > timedelta(days=most):
        raise ApiError(HTTPStatus.GATEWAY_TIMEOUT, "server timed out loading data")
