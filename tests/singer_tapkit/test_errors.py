"""Messages of errors: complete, on one line, and without secrets."""

from __future__ import annotations

import pytest
import requests
from singer_sdk.exceptions import FatalAPIError

from singer_tapkit import errors
from singer_tapkit.errors import (
    ApiError,
    ExtractionError,
    GatewayError,
    InvalidResponseError,
    NoResponseError,
    RequestError,
    RetryAfterTooLongError,
    SpoolError,
    UnknownFieldsError,
    connection_error_message,
    is_certificate_error,
    redact,
    request_line,
    response_error_message,
    truncate,
)


def asked(**headers: str) -> requests.PreparedRequest:
    """Return a request whose query is a secret."""
    url = "https://api.example/v1/apps?key=sentinel"
    return requests.Request("GET", url, headers=headers).prepare()


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (ExtractionError, FatalAPIError),
        (RequestError, ExtractionError),
        (ApiError, RequestError),
        (GatewayError, RequestError),
        (NoResponseError, RequestError),
        (RetryAfterTooLongError, RequestError),
        (InvalidResponseError, ExtractionError),
        (UnknownFieldsError, ExtractionError),
        (SpoolError, ExtractionError),
    ],
)
def test_the_errors_are_a_tree(kind: type[Exception], parent: type[Exception]) -> None:
    assert kind.__base__ is parent
    assert kind.__name__ in str(errors.__doc__)


def test_errors_tell_whether_to_try_again() -> None:
    refused = ApiError("refused", status=403, detail="no", code="E1")
    between = GatewayError("a page", status=502)

    assert (refused.status, refused.detail, refused.code) == (403, "no", "E1")
    assert (refused.is_retriable, refused.max_retries, refused.retry_after) == (False, None, None)
    assert between.status == 502
    assert NoResponseError("gone", host="api.example").is_retriable
    assert not NoResponseError("gone", is_retriable=False).is_retriable


def test_a_request_is_named_without_its_query() -> None:
    assert request_line(asked()) == "GET /v1/apps"
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
def test_a_refusal_is_told_in_one_line(detail: str, hint: str, message: str) -> None:
    response = requests.Response()
    response.request = asked()

    assert response_error_message(response, 404, detail, hint) == message


def test_no_response_is_told_without_the_url() -> None:
    cause = requests.ConnectionError(OSError("reset by peer."), request=asked())

    assert connection_error_message(cause, "Try later.") == (
        "no answer to GET /v1/apps, ConnectionError: reset by peer. Try later."
    )


def test_the_names_of_classes_are_not_told() -> None:
    words = "_PlainConnection(host='127.0.0.1', port=9): Failed to establish a new connection"

    assert connection_error_message(requests.ConnectionError(words), "") == (
        "no answer, ConnectionError: Failed to establish a new connection."
    )


def test_an_error_without_request_or_cause_is_told_as_well() -> None:
    assert connection_error_message(requests.Timeout(), "") == "no answer, Timeout."
    assert connection_error_message(requests.Timeout("late"), "", asked(), "complete ") == (
        "no complete answer to GET /v1/apps, Timeout: late."
    )


def test_a_certificate_that_cannot_be_verified_has_a_hint_of_its_own() -> None:
    error = requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")

    assert is_certificate_error(error)
    assert "REQUESTS_CA_BUNDLE" in connection_error_message(error, "Try later.")
    assert "Try later" not in connection_error_message(error, "Try later.")


def test_other_errors_of_tls_may_pass() -> None:
    error = requests.exceptions.SSLError("EOF occurred in violation of protocol")

    assert not is_certificate_error(error)
    assert not is_certificate_error(requests.ConnectionError("CERTIFICATE_VERIFY_FAILED"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer sentinel"},
        {"authorization": "sentinel"},
        {"X-Api-Key": "sentinel"},
        {"Cookie": "session=1; sentinel"},
    ],
)
def test_credentials_are_taken_out_of_a_text(headers: dict[str, str]) -> None:
    assert redact("the key sentinel is unknown", asked(**headers)) == "the key *** is unknown"


def test_credentials_given_as_bytes_are_taken_out() -> None:
    request = asked()
    request.headers["X-Api-Key"] = b"sentinel"  # type: ignore[assignment]

    assert redact("unknown: sentinel", request) == "unknown: ***"


def test_a_text_without_credentials_stays() -> None:
    assert redact("not found", asked(**{"X-Api-Key": ""})) == "not found"


def test_a_text_is_put_on_one_line_and_cut() -> None:
    assert truncate(" two\n\tlines ") == "two lines"
    assert truncate("x" * 200) == "x" * 200
    assert truncate("x" * 201) == "x" * 200 + "…"
