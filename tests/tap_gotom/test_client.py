"""What responses of goTom and of others mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.errors import ApiError, GatewayError, RequestError
from tests.tap_gotom.servers import make_client

if TYPE_CHECKING:
    from requests_mock import Mocker

    from tap_gotom.client import GoTomClient

BASE_URL = "https://acme.gotom.io"
REPORT = "/app-api/graph-export/download/46"
CAMPAIGN = "/app-api/campaign/demo"
HTML = "<html><body>Forbidden by policy</body></html>"


@pytest.fixture
def client() -> GoTomClient:
    return make_client(BASE_URL, max_retries=6)


def catch_error(client: GoTomClient, path: str) -> RequestError:
    with pytest.raises(RequestError) as raised:
        client.get_json(path, dict[str, Any])
    return raised.value


@pytest.mark.parametrize(
    ("status", "body", "detail"),
    [
        (401, "Signature not valid", "Signature not valid"),
        (404, {"type": "x", "title": "Error", "status": 404, "detail": "Not Found"}, "Not Found"),
        (403, {"message": "Access Denied."}, "Access Denied."),
        (422, {"error": {"msg": "'foo' is no valid entity"}}, "'foo' is no valid entity"),
        (500, {"message": "Internal Server Error"}, "Internal Server Error"),
    ],
)
def test_the_documented_errors_are_the_apis(
    client: GoTomClient, requests_mock: Mocker, status: int, body: Any, detail: str
) -> None:
    requests_mock.get(BASE_URL + CAMPAIGN, json=body, status_code=status)
    error = catch_error(client, CAMPAIGN)
    assert isinstance(error, ApiError)
    assert (error.status, error.detail) == (status, detail)


@pytest.mark.parametrize(
    "body",
    [
        HTML,
        "default backend - 404",
        "",
        "{}",
        '{"error": 1}',
        '{"message": "no Route matched with those values"}',
        '{"detail": "Not Found"}',
        '"Forbidden by policy"',
    ],
)
def test_any_other_body_never_means_that_something_is_not_there(
    client: GoTomClient, requests_mock: Mocker, body: str
) -> None:
    requests_mock.get(BASE_URL + CAMPAIGN, text=body, status_code=404)
    error = catch_error(client, CAMPAIGN)
    assert isinstance(error, GatewayError)
    assert "Forbidden by policy" not in str(error)
    assert requests_mock.call_count == 3


def test_a_response_with_data_is_not_quoted(client: GoTomClient, requests_mock: Mocker) -> None:
    requests_mock.get(BASE_URL + CAMPAIGN, json="Rita Inauen", status_code=416)
    assert "Inauen" not in str(catch_error(client, CAMPAIGN))


@pytest.mark.parametrize("status", [401, 403])
def test_a_page_of_html_can_be_a_refusal(
    client: GoTomClient, requests_mock: Mocker, status: int
) -> None:
    requests_mock.get(BASE_URL + CAMPAIGN, text=HTML, status_code=status)
    error = catch_error(client, CAMPAIGN)
    assert isinstance(error, ApiError)
    assert "a page of HTML, which may be from something in between" in str(error)
    assert "'api_user'" in str(error)
    assert requests_mock.call_count == 1


def test_maintenance_is_waited_for_and_named(client: GoTomClient, requests_mock: Mocker) -> None:
    requests_mock.get(BASE_URL + CAMPAIGN, text=HTML, status_code=503)
    assert "maintained on Tuesdays" in str(catch_error(client, CAMPAIGN))
    assert requests_mock.call_count == 7


@pytest.mark.parametrize(("status", "count"), [(404, 1), (500, 3)])
def test_a_refused_report_names_the_other_kind(
    client: GoTomClient, requests_mock: Mocker, status: int, count: int
) -> None:
    requests_mock.get(BASE_URL + REPORT, text=HTML, status_code=status)
    with pytest.raises(ApiError, match="not a report of 'kind' custom"):
        client.with_retries(client.open_report)(REPORT)
    assert requests_mock.call_count == count


def test_a_report_is_asked_for_as_csv(client: GoTomClient, requests_mock: Mocker) -> None:
    requests_mock.get(BASE_URL + REPORT, text="A\n1\n")
    headers = client.open_report(REPORT).request.headers
    assert headers["Content-Type"] == "text/csv"
    assert headers["Authorization"].startswith("gotom_app_api graph_user:")
