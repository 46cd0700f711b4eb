"""Which streams there are, and what is checked before anything is read."""

from __future__ import annotations

import pytest

from singer_tapkit.failures import SyncFailedError
from tap_studio_openapi.declarations import DECLARATIONS
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.tap_studio_openapi.tenant import KEYS, Tenant, discover, succeed


def test_discovery_needs_no_settings() -> None:
    assert discover().keys() == DECLARATIONS.keys()


def test_streams_of_nothing_but_personal_data_are_gone_with_it() -> None:
    assert discover().keys() - discover(include_personal_data=False).keys() == {
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


def test_the_key_check_names_the_keys_that_are_good(
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


def test_all_streams_have_keys_of_their_own_and_keep_to_what_the_api_takes(tenant: Tenant) -> None:
    settings = tenant.both(debt_collection_run_ids=[7001])
    output = succeed(settings, *discover()).output
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
