"""Who asks, and about which sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.routes.call import json_response

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.sandbox.goatcounter.routes.call import Context


def show_me(context: Context) -> Response:
    """Answer ``GET /me``: user and token."""
    user = context.token.user.to_json(context.generation)
    return json_response({"user": user, "token": context.token.to_json()})


def list_sites(context: Context) -> Response:
    """Answer ``GET /sites``: the site of the host called and its children."""
    family = context.state.accounts.list_family(context.site)
    return json_response({"sites": [site.to_json(context.generation) for site in family]})
