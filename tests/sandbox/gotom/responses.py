"""Requests that have found their endpoint, and responses that several endpoints have."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from tests.sandbox.gotom.go_tom import GoTom

_PAGE = """\
<!DOCTYPE html>
<html>
<head><title>An Error Occurred: {phrase}</title></head>
<body><h1>Oops! An Error Occurred</h1><h2>The server returned a "{status} {phrase}".</h2></body>
</html>
"""


@dataclass(frozen=True)
class Call:
    """A request that has found its endpoint and may use it.

    Attributes:
        request: The request.
        instance: What it asks.
        arguments: The variable parts of the path, decoded.
    """

    request: Request
    instance: GoTom
    arguments: Mapping[str, str]


class ResponseError(Exception):
    """A response that ends the handling of a request."""

    def __init__(self, response: Response) -> None:
        """Take the response."""
        super().__init__(response.status_code)
        self.response = response


def build_json(content: object, status: int = HTTPStatus.OK) -> Response:
    """Return a response in JSON, escaped as PHP does."""
    body = json.dumps(content, separators=(",", ":")).replace("/", "\\/")
    return Response(body, status, media_type="application/json")


def build_error_page(status: HTTPStatus) -> Response:
    """Return an error as a page for people."""
    content = _PAGE.format(status=status.value, phrase=status.phrase)
    return Response(content, status, {"Content-Type": "text/html; charset=UTF-8"})


def build_not_found() -> Response:
    """Return the response for campaigns, flights and tarifs that do not exist."""
    content = {
        "type": "https://tools.ietf.org/html/rfc2616#section-10",
        "title": "An error occurred",
        "status": 404,
        "detail": "Not Found",
    }
    return build_json(content, HTTPStatus.NOT_FOUND)


def build_list_page(call: Call, items: Sequence[Any]) -> Response:
    """Return the page of a list that is asked for; one behind the last is empty."""
    page, size = int(call.request.query_params.get("page", 1)), call.instance.page_size
    last = max(1, math.ceil(len(items) / size))
    base = call.instance.advertised_url or f"http://{call.request.headers['host']}"
    pagination = {
        "totalItems": len(items),
        "perPage": size,
        "currentPage": page,
        "lastPage": last,
        "nextPageUrl": f"{base}{call.request.url.path}?page={page + 1}" if page < last else None,
    }
    return build_json({"pagination": pagination, "items": items[(page - 1) * size : page * size]})
