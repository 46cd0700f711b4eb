"""Who asks, and about which sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.errors import not_found
from tests.sandbox.goatcounter.parameters import whole_number
from tests.sandbox.goatcounter.routes.call import json_response

if TYPE_CHECKING:
    from starlette.responses import Response

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
    number = whole_number(context.arguments["id"], "id")
    family = context.state.accounts.family(context.site)
    found = next((site for site in family if site.id == number), None)
    if found is None:
        raise not_found()
    return json_response(found.content(context.generation))
