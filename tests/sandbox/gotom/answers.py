"""Answers that several endpoints give."""

from __future__ import annotations

import html
import json
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.sandbox.gotom.call import Context

_PAGE = """\
<!DOCTYPE html>
<html>
<head>
    <meta charset="UTF-8" />
    <meta name="robots" content="noindex,nofollow,noarchive" />
    <title>An Error Occurred: {phrase}</title>
</head>
<body>
    <h1>Oops! An Error Occurred</h1>
    <h2>The server returned a "{status} {phrase}".</h2>
    <p>{text}</p>
</body>
</html>
"""


class AnswerError(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, response: Response) -> None:
        """Carries the answer."""
        super().__init__(response.status_code)
        self.response = response


def json_answer(
    content: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer in JSON, escaped as PHP does."""
    body = json.dumps(content, separators=(",", ":")).replace("/", "\\/")
    return Response(body, status, headers, media_type="application/json")


def page(status: HTTPStatus, text: str = "Something is broken.") -> Response:
    """An error as a page."""
    content = _PAGE.format(status=status.value, phrase=status.phrase, text=html.escape(text))
    return Response(content, status, {"Content-Type": "text/html; charset=UTF-8"})


def not_found() -> Response:
    """What is said of campaigns, flights and tarifs that do not exist."""
    content = {
        "type": "https://tools.ietf.org/html/rfc2616#section-10",
        "title": "An error occurred",
        "status": 404,
        "detail": "Not Found",
    }
    return json_answer(content, HTTPStatus.NOT_FOUND, {"Vary": "Accept"})


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
