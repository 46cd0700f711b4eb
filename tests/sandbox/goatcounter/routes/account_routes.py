"""Who asks, and about which sites."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.errors import ApiError, not_found
from tests.sandbox.goatcounter.parameters import whole_number
from tests.sandbox.goatcounter.routes.call import json_response

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.sandbox.goatcounter.accounts import Site
    from tests.sandbox.goatcounter.routes.call import Context


def me(context: Context) -> Response:
    """``GET /me``: user and token."""
    user = context.token.user.content(context.generation)
    return json_response({"user": user, "token": context.token.content})


def sites(context: Context) -> Response:
    """``GET /sites``: the site of the host called and its children."""
    family = context.state.accounts.family(context.site)
    return json_response({"sites": [site.content(context.generation) for site in family]})


def site(context: Context) -> Response:
    """``GET /sites/{id}``."""
    return json_response(_visible_site(context).content(context.generation))


def update_site(context: Context) -> Response:
    """``PATCH /sites/{id}``: adds to what is collected; ``POST`` replaces it."""
    changed = _visible_site(context)
    try:
        settings = json.loads(context.call.body or b"{}").get("settings", {})
    except (ValueError, AttributeError) as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, "invalid JSON") from error
    adds = context.call.method == "PATCH"
    if "collect" in settings:
        changed.collect = (changed.collect if adds else 0) | settings["collect"]
    if "collect_regions" in settings:
        changed.collect_regions = settings["collect_regions"]
    changed.updated_at = context.now
    return json_response(changed.content(context.generation))


def _visible_site(context: Context) -> Site:
    number = whole_number(context.arguments["id"], "id")
    family = context.state.accounts.family(context.site)
    found = next((site for site in family if site.id == number), None)
    if found is None:
        raise not_found()
    return found
