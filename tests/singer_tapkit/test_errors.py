"""Messages of errors: complete, on one line, and without secrets."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from singer_tapkit.errors import (
    ApiError,
    GatewayError,
    NoResponseError,
    connection_error_message,
    is_certificate_error,
    redact,
    request_line,
    response_error_message,
    truncate,
)


def make_request() -> requests.PreparedRequest:
    return requests.Request("GET", "https://api.example/v1/apps?key=sentinel").prepare()


def test_errors_tell_whether_to_try_again() -> None:
    refused = ApiError("refused", status=403, detail="no", code="E1")
    between = GatewayError("a page", status=502)

    assert (refused.status, refused.detail, refused.code) == (403, "no", "E1")
    assert (refused.is_retriable, refused.max_retries, refused.retry_after) == (False, None, None)
    assert between.status == 502
    assert NoResponseError("gone", host="api.example").is_retriable
    assert not NoResponseError("gone", is_retriable=False).is_retriable


def test_a_request_is_named_without_its_query() -> None:
    assert request_line(make_request()) == "GET /v1/apps"
    assert request_line(requests.Request("GET")) == "GET "


@pytest.mark.parametrize(
    ("detail", "hint", "message"),
    [
        (
            "no such app",
            "Check it.",
            "GET /v1/apps answered 404: no such app. Check it.",
        ),
        ("No such app!", "", "GET /v1/apps answered 404: No such app!"),
        ("a long text…", "", "GET /v1/apps answered 404: a long text…"),
    ],
)
def test_a_refusal_is_reported_in_one_line(detail: str, hint: str, message: str) -> None:
    response = requests.Response()
    response.request = make_request()

    assert response_error_message(response, 404, detail, hint) == message


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (requests.ConnectionError(OSError("reset by peer.")), "", "ConnectionError: reset by peer"),
        (requests.Timeout("late"), "complete ", "Timeout: late"),
        (requests.Timeout(), "", "Timeout"),
        (
            requests.ConnectionError("_PlainConnection(host='127.0.0.1', port=9): No route"),
            "",
            "ConnectionError: No route",
        ),
    ],
)
def test_no_response_is_reported_without_the_url(
    error: requests.RequestException, kind: str, message: str
) -> None:
    assert connection_error_message(error, "Try later.", make_request(), kind) == (
        f"no {kind}response to GET /v1/apps, {message}. Try later."
    )


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), True),
        (requests.exceptions.SSLError("EOF occurred in violation of protocol"), False),
        (requests.ConnectionError("CERTIFICATE_VERIFY_FAILED"), False),
    ],
)
def test_a_certificate_that_cannot_be_verified_has_a_hint_of_its_own(
    error: requests.RequestException, *, is_final: bool
) -> None:
    message = connection_error_message(error, "Try later.", make_request())

    assert is_certificate_error(error) == is_final
    assert ("REQUESTS_CA_BUNDLE" in message, "Try later" in message) == (is_final, not is_final)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Authorization", "Bearer sentinel"),
        ("authorization", "sentinel"),
        ("X-Api-Key", "sentinel"),
        ("X-Api-Key", b"sentinel"),
        ("Cookie", "session=1; sentinel"),
        ("X-Shop-Key", "sentinel"),
    ],
)
def test_credentials_are_taken_out_of_a_text(header: str, value: Any) -> None:
    request = make_request()
    request.headers[header] = value

    assert redact("the key sentinel is unknown", request) == "the key *** is unknown"


def test_what_all_requests_say_stays_in_a_text() -> None:
    request = make_request()
    request.headers.update({"Accept-Language": "english", "User-Agent": "tap-x", "X-Version": "2"})

    assert redact("english of tap-x 2.0", request) == "english of tap-x 2.0"


def test_a_credential_is_taken_out_whole_where_another_header_has_a_part_of_it() -> None:
    request = make_request()
    request.headers.update({"X-Tenant": "kiel-1", "X-Api-Key": "kiel-1-sentinel"})

    assert redact("the key kiel-1-sentinel is unknown", request) == "the key *** is unknown"


def test_a_text_is_put_on_one_line_and_cut() -> None:
    assert truncate(" two\n\tlines ") == "two lines"
    assert truncate("x" * 200) == "x" * 200
    assert truncate("x" * 201) == "x" * 200 + "…"
