"""What errors mean for the rest of a stream, by the API's own words alone."""

from __future__ import annotations

import pytest

from singer_tapkit.errors import (
    ApiError,
    ExtractionError,
    GatewayError,
    InvalidResponseError,
    NoResponseError,
)
from tap_studio_openapi.auth import ApiKeyAuth, Connection
from tap_studio_openapi.client import NO_SUCH_TENANT, OPTED_OUT
from tap_studio_openapi.error_policy import Meaning, StreamStatus, interpret
from tap_studio_openapi.studios import Studio


def api_error(status: int, code: str | None = None) -> ApiError:
    return ApiError("refused", status=status, code=code)


@pytest.mark.parametrize(
    ("error", "of_studio", "of_part"),
    [
        (api_error(401), Meaning.KEY_IS_REFUSED, Meaning.KEY_IS_REFUSED),
        (api_error(404, NO_SUCH_TENANT), Meaning.KEY_IS_REFUSED, Meaning.KEY_IS_REFUSED),
        (api_error(403), Meaning.FORBIDDEN, Meaning.FORBIDDEN),
        (api_error(403, OPTED_OUT), Meaning.OPTED_OUT, Meaning.OPTED_OUT),
        (api_error(404), Meaning.OLDER_SERVER, Meaning.NOT_THERE),
        (api_error(400), Meaning.REJECTED, Meaning.REJECTED),
        (api_error(409), Meaning.REJECTED, Meaning.REJECTED),
        (api_error(500), Meaning.FAILED, Meaning.FAILED),
        (api_error(500, OPTED_OUT), Meaning.FAILED, Meaning.FAILED),
        (GatewayError("a page", status=404), Meaning.FAILED, Meaning.FAILED),
        (GatewayError("a page", status=403), Meaning.FAILED, Meaning.FAILED),
        (NoResponseError("no response"), Meaning.FAILED, Meaning.FAILED),
        (InvalidResponseError("not as documented"), Meaning.FAILED, Meaning.FAILED),
    ],
    ids=lambda value: str(getattr(value, "status", "")) or None,
)
def test_errors_are_interpreted(
    error: ExtractionError, of_studio: Meaning, of_part: Meaning
) -> None:
    assert interpret(error, is_one_of_many=False, is_newer_endpoint=True) is of_studio
    assert interpret(error, is_one_of_many=True, is_newer_endpoint=True) is of_part


def test_an_endpoint_that_all_servers_have_is_not_missing_for_age() -> None:
    meaning = interpret(api_error(404), is_one_of_many=False, is_newer_endpoint=False)
    assert meaning is Meaning.REJECTED


@pytest.fixture
def status() -> StreamStatus:
    connection = Connection("kiel", "https://a.example", ApiKeyAuth("k"))
    return StreamStatus(studio=Studio(1, connection, {}))


def test_ten_refusals_before_any_success_are_all(status: StreamStatus) -> None:
    assert [status.note_refusal() for _ in range(10)] == [*[False] * 9, True]


def test_refusals_after_a_success_are_single_ones(status: StreamStatus) -> None:
    status.note_success()
    assert not any(status.note_refusal() for _ in range(100))


def test_a_stream_is_forbidden_if_all_of_it_is(status: StreamStatus) -> None:
    seen = [status.is_forbidden]
    status.forbidden = 1
    seen.append(status.is_forbidden)
    status.note_success()
    seen.append(status.is_forbidden)
    assert seen == [False, True, False]
