"""Lookup lists and rate-card prices."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.sandbox.gotom.answers import json_answer, not_found
from tests.sandbox.gotom.pagination import page_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context


def entity(context: Context) -> Response:
    """``GET /primary-keys/{entity}``."""
    name = context.arguments["entity"]
    items = context.instance.data.entities.get(name)
    if items is None:
        error = {"msg": f"'{name}' is no valid entity"}
        return json_answer({"error": error}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return page_of(context, items)


def prices(context: Context) -> Response:
    """``GET /export/price/tarif/{tarifId}``."""
    number, data = int(context.arguments["tarifId"]), context.instance.data
    if data.name_of("tarif", number) is None:
        return not_found()
    return page_of(context, data.prices.get(number, []))
