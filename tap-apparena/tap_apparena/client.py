"""The HTTP client for App-Arena: its query strings, its error bodies, its lists."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from typing_extensions import override

from singer_tapkit.client import HttpClient
from singer_tapkit.errors import request_line
from singer_tapkit.pagination import IncompleteListError
from singer_tapkit.responses import ErrorBody
from tap_apparena.hints import (
    CONNECTION_HINT,
    HINTS,
    NOT_API_HINT,
    REDIRECT_HINT,
    STORE_OWNERS_HINT,
)
from tap_apparena.page import IdField, ListBody, Page, parse_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from requests import Response

Params = list[tuple[str, str]]

NOT_ENCODED = "[],"
"""What the documented forms of filters, orders and lists have in them."""

DETAIL_FIELDS = ("message", "detail", "title")


class AppArenaClient(HttpClient):
    """A client for one App-Manager."""

    hints = HINTS
    redirect_hint = REDIRECT_HINT
    connection_hint = CONNECTION_HINT
    not_api_hint = NOT_API_HINT

    def get_page(self, path: str, params: Sequence[tuple[str, str]], id_field: IdField) -> Page:
        """Return the rows of a list below the base URL, or of one page of it.

        Raises:
            RequestError: There is no response, or a refusal.
            InvalidResponseError: The response is no list.
        """

        def attempt() -> Page:
            response = self.send("GET", path, params=encode_params(params))
            return parse_page(self.decode(response, ListBody), response, id_field)

        return self.with_retries(attempt)()

    def get_list(self, path: str, params: Sequence[tuple[str, str]], id_field: IdField) -> Page:
        """Return the rows of a list that is not paged.

        Raises:
            RequestError: There is no response, or a refusal.
            InvalidResponseError: The response is no list.
            IncompleteListError: It has other rows than it counts, also when it is read once more.
        """
        page = self.get_page(path, params, id_field)
        if page.is_contradictory:
            page = self.get_page(path, params, id_field)
        if page.is_contradictory:
            raise IncompleteListError(
                f"{request_line(page.response.request)} hands out other rows than it announces: "
                f"{len(page.rows):,} of {'several pages' if page.total is None else page.total}."
            )
        return page

    @override
    def validate_response(self, response: Response) -> None:
        """Raise the error that a response stands for, which can be one under status 200, too."""
        super().validate_response(response)
        if b'"status"' not in response.content:
            return
        body = self.decode(response, object)
        if isinstance(body, dict) and self.read_error_body(body):
            raise self.build_error(response, _to_status(body["status"]))

    @override
    def read_error_body(self, body: Any) -> ErrorBody | None:
        """Return what an error says: it has a ``status`` and, unlike data, no ``_embedded``.

        No form of errors is documented; this is how the vendor's own client recognises them.
        """
        if not isinstance(body, dict) or body.get("status") is None or "_embedded" in body:
            return None
        words = (body.get(name) for name in DETAIL_FIELDS)
        return ErrorBody(next((text for text in words if isinstance(text, str)), ""))

    @override
    def hint(self, response: Response, status: int, body: ErrorBody) -> str:
        path = urlsplit(response.request.url or "").path
        if status == HTTPStatus.FORBIDDEN and path.endswith("/companies"):
            return STORE_OWNERS_HINT
        return super().hint(response, status, body)


def encode_params(params: Sequence[tuple[str, str]]) -> str:
    """Return a query string with brackets as the API documents them; urllib3 encodes them later."""
    return urlencode(params, safe=NOT_ENCODED)


def _to_status(stated: Any) -> int:
    """Return the status that an error states under 200, as far as it is one."""
    text = str(stated)
    return int(text) if text.isascii() and text.isdigit() else int(HTTPStatus.OK)
