"""Which streams there are, and what is checked before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from singer_tapkit.failures import SyncFailedError
from tap_studio_openapi.streams import STREAMS
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.sandbox.faults import html_page
from tests.tap_studio_openapi.tenant import KEYS, Tenant

if TYPE_CHECKING:
    from tests.tap_studio_openapi.conftest import InProcessTap


def test_discovery_needs_no_settings() -> None:
    assert len(TapStudioOpenApi(validate_config=False).catalog_dict["streams"]) == len(STREAMS)


def test_streams_of_nothing_but_personal_data_are_gone_with_it(
    tenant: Tenant, tap: InProcessTap
) -> None:
    without = tap.discover(tenant.one(include_personal_data=False))
    assert tap.discover(tenant.one()).keys() - without.keys() == {
        "customer_checkins",
        "customer_account_balances",
        "customer_account_transactions",
        "customer_upcoming_transactions",
        "customer_class_bookings",
        "customer_appointment_bookings",
        "debt_collection_blocked_debtors",
        "debt_collection_blocked_debts",
        "debt_collection_debtors",
    }


def test_the_key_check_says_which_key_is_good(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant.server.remove_key(KEYS["lübeck"])
    with pytest.raises(SyncFailedError) as caught:
        TapStudioOpenApi(config=tenant.both()).check_connection()
    assert "lübeck: GET /v1/studios/information answered 401" in caught.value.message
    captured = capsys.readouterr()
    assert "kiel: the key is good." in captured.err
    asked = [request.path for request in tenant.server.requests]
    assert asked == ["/v1/studios/information"] * 2
    assert "sentinel" not in captured.err + caught.value.message


def test_the_key_check_fails_where_something_else_than_the_api_answers(tenant: Tenant) -> None:
    tenant.server.faults.add("*", "/v1/studios/information", html_page(200, "Hi"), times=None)
    with pytest.raises(SyncFailedError, match="That is not the Open API"):
        TapStudioOpenApi(config=tenant.one()).check_connection()


def test_all_streams_have_keys_of_their_own_and_keep_to_what_the_api_takes(
    tenant: Tenant, tap: InProcessTap
) -> None:
    settings = tenant.both(debt_collection_run_ids=[881])
    output = tap.succeed(settings, *tap.discover(settings)).output
    for stream in output.records:
        keys = output.keys(stream)
        assert len(keys) == len(set(keys)), stream
    requests = tenant.server.requests
    assert {request.method for request in requests} == {"GET"}
    assert 400 not in {request.status for request in requests}
    sizes = {request.path: request.query.get("sliceSize") for request in requests}
    assert sizes["/v1/customers"] == ["500"]
    assert sizes["/v1/employees"] == ["100"]
    assert sizes[f"/v1/customers/{tenant.kiel.id_of(0)}/activities/checkins"] == ["50"]
