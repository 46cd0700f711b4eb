"""Lists in pages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.sandbox.gotom.answers import json_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from tests.sandbox.gotom.call import Context


def page_of(context: Context, items: Sequence[Any]) -> Response:
    """The page that was asked for; one behind the last is empty."""
    page, size = context.page, context.instance.page_size
    last = max(1, math.ceil(len(items) / size))
    pagination = {
        "totalItems": len(items),
        "perPage": size,
        "currentPage": page,
        "lastPage": last,
        "nextPageUrl": _url(context, page + 1) if page < last else None,
    }
    return json_answer({"pagination": pagination, "items": items[(page - 1) * size : page * size]})


def _url(context: Context, page: int) -> str:
    call = context.call
    base = context.instance.advertised_url or f"http://{call.headers['host']}"
    return f"{base}{call.path}?page={page}"
