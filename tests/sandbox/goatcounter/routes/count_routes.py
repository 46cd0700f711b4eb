"""Taking in hits."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.errors import bad_request_error
from tests.sandbox.goatcounter.hits import Hit, HitError, clean_hit
from tests.sandbox.goatcounter.routes.call import json_response

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from tests.sandbox.goatcounter.accounts import Site
    from tests.sandbox.goatcounter.routes.call import Context
    from tests.sandbox.goatcounter.server_state import ServerState


def count_hits(context: Context) -> Response:
    """Answer ``POST /count``: store hits."""
    try:
        for fields in json.loads(context.call.body)["hits"]:
            store_hit(context.state, context.site, Hit.from_mapping(fields), context.now)
    except HitError as error:
        raise bad_request_error(str(error)) from error
    return json_response({"status": "ok"}, HTTPStatus.ACCEPTED)


def store_hit(state: ServerState, site: Site, hit: Hit, now: datetime) -> None:
    """Store one hit; those of bots are set aside.

    Raises:
        HitError: It cannot be stored.
    """
    cleaned = clean_hit(hit, site, now)
    if not hit.is_bot:
        state.store.add(site, cleaned)
