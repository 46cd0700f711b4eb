"""What the API refuses is distinguished from what something in between answers; limits are kept."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
import requests

from singer_tapkit.errors import ApiError, GatewayError
from singer_tapkit.rate_limit import RateLimitKey
from tap_studio_openapi.client import OPTED_OUT, StudioClient
from tests.sandbox.faults import Answer
from tests.tap_studio_openapi.tenant import Tenant, refuse

if TYPE_CHECKING:
    import requests_mock


URL = "https://a.example"
ERROR = {
    "errorMessage": "Slice size is above the allowed maximum",
    "errorCode": "errormessage.validation.max",
    "traceId": "417",
    "reference": "sliceSize",
}


@pytest.fixture
def client() -> StudioClient:
    return StudioClient([URL], logger=logging.getLogger("test"), config={"max_retries": 0})


@pytest.mark.parametrize("body", [ERROR, [ERROR]], ids=["object", "list"])
def test_an_error_has_the_words_of_the_api(
    client: StudioClient, requests_mock: requests_mock.Mocker, body: Any
) -> None:
    requests_mock.get(f"{URL}/v1/customers", status_code=400, json=body)
    with pytest.raises(ApiError) as caught:
        client.request("GET", "/v1/customers")
    assert (caught.value.status, caught.value.code) == (400, "errormessage.validation.max")
    assert "GET /v1/customers answered 400: Slice size is above" in str(caught.value)
    assert "(errormessage.validation.max, sliceSize, trace id 417)" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "<html>Forbidden</html>", "headers": {"Content-Type": "text/html"}},
        {"text": "default backend - 404"},
        {"text": ""},
        {"json": {}},
        {"json": []},
        {"json": {"firstName": "Marlene", "message": "no"}},
        {"json": {"errorMessage": None, "errorCode": OPTED_OUT}},
    ],
    ids=["page", "text", "nothing", "empty object", "empty list", "data", "no message"],
)
@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_response_from_in_between_is_no_refusal_of_the_api(
    client: StudioClient, requests_mock: requests_mock.Mocker, answer: dict[str, Any], status: int
) -> None:
    requests_mock.get(f"{URL}/v1/customers", status_code=status, **answer)
    with pytest.raises(GatewayError) as caught:
        client.request("GET", "/v1/customers")
    assert "That is not the Open API" in str(caught.value)
    assert "Marlene" not in str(caught.value)


def test_ids_in_paths_make_no_other_endpoints(client: StudioClient) -> None:
    keys = [
        client.rate_limit_key(
            requests.Request(
                "GET", f"{URL}/v1/customers/{number}/contracts?x=1", headers={"x-api-key": "k"}
            ).prepare()
        )
        for number in (1, 22)
    ]
    assert keys == [RateLimitKey("a.example", "/v1/customers/{id}/contracts", "k")] * 2


def test_many_retries_are_logged_in_a_few_lines(tenant: Tenant) -> None:
    path = "/v1/customers/*/account/balances"
    tenant.spoil(path, refuse(503), times=12)
    run = tenant.one.succeed("customer_account_balances", max_retries=8)
    assert run.log.count("Trying again in") == 3
    assert "12 requests were repeated." in run.log


def test_keys_appear_nowhere(tenant: Tenant) -> None:
    key = tenant.one()["api_key"]
    echo = f'{{"errorMessage": "The key {key} is not known"}}'
    tenant.spoil("/v1/employees", Answer(403, echo), times=1)
    tenant.spoil("/v1/classes", Answer(409, echo), times=1)
    run = tenant.one.fail("employees", "classes")
    assert "The key *** is not known" in run.error
    assert key not in run.log + run.error + run.stdout.decode()
