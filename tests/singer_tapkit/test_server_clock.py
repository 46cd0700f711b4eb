"""The time by the server's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from requests_mock import ANY

from singer_tapkit.errors import ApiError
from tests.singer_tapkit.api_client import API, OK, REFUSED, open_client

if TYPE_CHECKING:
    from requests_mock import Mocker

A_MINUTE = timedelta(minutes=1)


def make_date(offset: timedelta) -> dict[str, str]:
    """Return the header of a server whose clock is ahead."""
    return {"Date": format_datetime(datetime.now(UTC) + offset, usegmt=True)}


@pytest.mark.parametrize("ahead", [timedelta(days=-400), timedelta(0), timedelta(hours=2)])
def test_the_time_is_that_of_the_server(requests_mock: Mocker, ahead: timedelta) -> None:
    requests_mock.get(ANY, headers=make_date(ahead), **OK)
    client = open_client()

    client.request("GET", "/apps")

    assert abs(client.server_time() - datetime.now(UTC) - ahead) < A_MINUTE
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert abs(client.server_time(moment) - moment - ahead) < A_MINUTE


def test_the_latest_response_counts_also_a_refusal(requests_mock: Mocker) -> None:
    refusal = {"headers": make_date(timedelta(days=-3)), **REFUSED}
    requests_mock.get(ANY, [{"headers": make_date(timedelta(days=1)), **OK}, refusal])
    client = open_client()

    client.request("GET", "/apps")
    with pytest.raises(ApiError):
        client.request("GET", "/apps")

    assert abs(client.server_time() - datetime.now(UTC) - timedelta(days=-3)) < A_MINUTE


def test_each_server_has_its_own_clock(requests_mock: Mocker) -> None:
    requests_mock.get(ANY, headers=make_date(timedelta(days=-1)), **OK)
    client = open_client()

    client.send("GET", "/apps", base_url="https://other.example/v2")

    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert client.server_time(moment) == moment
    other = client.server_time(moment, base_url="https://other.example")
    assert abs(other - moment + timedelta(days=1)) < A_MINUTE


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0101 00:00:00 +0500",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    ],
)
def test_a_server_that_tells_no_time_leaves_the_local_one(requests_mock: Mocker, date: str) -> None:
    requests_mock.get(f"{API}/apps", headers={"Date": date}, **OK)
    client = open_client()

    client.request("GET", "/apps")

    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert client.server_time(moment) == moment
