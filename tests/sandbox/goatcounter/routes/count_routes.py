"""Taking in hits."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import Response

from tests.sandbox.goatcounter.errors import ApiError
from tests.sandbox.goatcounter.hits import HIT_FIELDS, Hit, HitError, clean
from tests.sandbox.goatcounter.routes.call import json_response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.sandbox.goatcounter.accounts import Site
    from tests.sandbox.goatcounter.routes.call import Call, Context
    from tests.sandbox.goatcounter.server_state import ServerState

MOST_HITS = 500
"""Hits per request."""

_FIELDS = {"hits", "no_sessions", "filter"}
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAP///////yH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")


def count(context: Context) -> Response:
    """``POST /count``: stores the valid hits and reports the others."""
    content = _content(context)
    sent = content.get("hits") or []
    if not isinstance(sent, list) or not sent:
        raise ApiError(HTTPStatus.BAD_REQUEST, "no hits")
    if len(sent) > MOST_HITS:
        text = f"maximum amount of pageviews in one batch is {MOST_HITS}"
        raise ApiError(HTTPStatus.BAD_REQUEST, text)
    sessions = not content.get("no_sessions", False)
    errors: dict[str, str] = {}
    for number, fields in enumerate(sent):
        try:
            store(context.state, context.site, Hit.from_mapping(fields), context.now, sessions)
        except HitError as error:
            errors[str(number)] = str(error)
    if errors:
        return json_response({"errors": errors}, HTTPStatus.BAD_REQUEST)
    return json_response({"status": "ok"}, HTTPStatus.ACCEPTED)


def store(
    state: ServerState,
    site: Site,
    hit: Hit,
    now: datetime,
    sessions: bool = True,  # noqa: FBT001, FBT002
) -> None:
    """Stores one hit; those of bots are set aside.

    Raises:
        HitError: If it cannot be stored.
    """
    cleaned = clean(hit, site, now, sessions=sessions)
    if not hit.is_bot:
        state.store.add(site, cleaned)


def pixel(call: Call, state: ServerState, site: Site, now: datetime) -> Response:
    """``GET /count``: the tracking pixel of a page."""
    query = {name: values[0] for name, values in parse_qs(call.query).items()}
    hit = Hit(
        path=query.get("p", ""),
        title=query.get("t", ""),
        event=query.get("e", "") in {"1", "true"},
        ref=query.get("r", ""),
        size=query.get("s", ""),
        query=query.get("q", ""),
        user_agent=call.headers.get("user-agent", ""),
        ip=call.client,
        language=call.headers.get("accept-language", ""),
        ref_is_url=True,
    )
    try:
        store(state, site, hit, now)
    except HitError as error:
        return Response(f"{error}\n", HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain"})
    return Response(_PIXEL, headers={"Content-Type": "image/gif"})


def _content(context: Context) -> Mapping[str, object]:
    try:
        content = json.loads(context.call.body)
    except ValueError as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"invalid JSON: {error}") from error
    _check_names(content, _FIELDS)
    known = HIT_FIELDS if context.generation.knows_hit_language else HIT_FIELDS - {"language"}
    for fields in content.get("hits") or []:
        _check_names(fields, known)
        if not isinstance(fields.get("size", ""), str):
            raise ApiError(HTTPStatus.BAD_REQUEST, "invalid JSON: size must be a string")
    return content  # type: ignore[no-any-return]


def _check_names(fields: Mapping[str, object], known: set[str] | frozenset[str]) -> None:
    for name in fields:
        if name not in known:
            raise ApiError(HTTPStatus.BAD_REQUEST, f'unknown parameter: "{name}"')
