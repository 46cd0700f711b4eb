"""What is sent again, when, and how often."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests_mock import ANY

from singer_tapkit.errors import (
    GatewayError,
    NoResponseError,
    RetryAfterTooLongError,
)
from tests.singer_tapkit.api_client import (
    API,
    LOGGER,
    OK,
    PAGE,
    App,
    CountingAuth,
    open_client,
    remove_jitter,
)

if TYPE_CHECKING:
    from requests_mock import Mocker


@pytest.mark.parametrize("status", [429, 500, 502, 503, 520])
@pytest.mark.parametrize("body", [{"json": {"message": "busy"}}, {"text": PAGE}, {}])
def test_what_may_pass_is_tried_again_and_signed_anew(
    requests_mock: Mocker, sleeps: list[float], status: int, body: dict[str, Any]
) -> None:
    busy: dict[str, Any] = {"status_code": status, **body}
    requests_mock.get(f"{API}/apps", [busy, busy, busy, OK])
    client = open_client(auth=CountingAuth())

    assert client.get_json("/apps", App) == App(7)
    assert remove_jitter(sleeps) == [2, 4, 8]
    assert client.retried == 3
    assert requests_mock.request_history[3].headers["X-Api-Key"] == "signature-4"


def test_waits_double_up_to_a_minute_and_are_spread(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    requests_mock.get(f"{API}/apps", status_code=503)

    with pytest.raises(GatewayError, match="answered 503"):
        open_client(config={"max_retries": 8}).get_json("/apps", App)

    expected = [2, 4, 8, 16, 32, 60, 60, 60]
    assert len(sleeps) == 8
    assert all(
        least <= seconds <= 1.25 * least for least, seconds in zip(expected, sleeps, strict=True)
    )
    assert len(set(sleeps)) == 8


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "waited"),
    [("7", [8, 8]), ("7.0", [8, 8]), (" 7 ", [8, 8]), ("-5", [1, 1])]
    + [(text, [2, 2.5]) for text in ("soon", "", "1,5", "Thu, 99 Foo 2026", "-")],
)
def test_the_server_may_say_how_long_to_wait(
    requests_mock: Mocker, sleeps: list[float], status: int, asked: str, waited: list[float]
) -> None:
    busy: dict[str, Any] = {"status_code": status, "headers": {"Retry-After": asked}}
    requests_mock.get(f"{API}/apps", [busy, OK])

    open_client().get_json("/apps", App)

    assert waited[0] <= sleeps[0] <= waited[1]


@pytest.mark.parametrize("wrong_by", [timedelta(0), timedelta(days=-400), timedelta(days=400)])
@pytest.mark.parametrize(("seconds", "waited"), [(30, 31), (-100, 1), (3600, 3601)])
def test_the_server_may_say_by_its_own_clock_until_when_to_wait(
    requests_mock: Mocker, sleeps: list[float], wrong_by: timedelta, seconds: int, waited: int
) -> None:
    now = datetime.now(UTC) + wrong_by
    headers = {
        "Date": format_datetime(now, usegmt=True),
        "Retry-After": format_datetime(now + timedelta(seconds=seconds), usegmt=True),
    }
    requests_mock.get(f"{API}/apps", [{"status_code": 503, "headers": headers}, OK])

    open_client().get_json("/apps", App)

    assert sleeps == [waited]


def test_without_a_date_the_time_to_wait_counts_from_now(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    requests_mock.get(f"{API}/apps", [{"status_code": 503, "headers": {"Retry-After": moment}}, OK])

    open_client().get_json("/apps", App)

    assert 99 <= sleeps[0] <= 101


@pytest.mark.parametrize("asked", ["3701", "9" * 400])
def test_a_wait_longer_than_any_limit_lasts_ends_it(
    requests_mock: Mocker, sleeps: list[float], asked: str
) -> None:
    requests_mock.get(
        f"{API}/apps", status_code=429, json={"message": "busy"}, headers={"Retry-After": asked}
    )

    with pytest.raises(RetryAfterTooLongError, match=r"busy\. The server wants a wait of"):
        open_client().get_json("/apps", App)

    assert sleeps == []


SILENCE: dict[str, Any] = {"exc": requests.ReadTimeout}


@pytest.mark.parametrize(
    ("answers", "outcomes", "retries"),
    [
        ([SILENCE], ["silent", "silent", "silent"], 6),
        ([OK, *[SILENCE] * 8, OK], ["ok", "silent", "ok"], 7),
        ([*[SILENCE] * 7, OK, SILENCE, OK], ["silent", "ok", "ok"], 7),
    ],
    ids=["never answered", "answered before", "came back"],
)
def test_a_host_silent_through_all_retries_is_asked_once_until_it_answers(
    requests_mock: Mocker,
    sleeps: list[float],
    answers: list[dict[str, Any]],
    outcomes: list[str],
    retries: int,
) -> None:
    requests_mock.get(f"{API}/apps", answers)
    client = open_client()

    for outcome in outcomes:
        with pytest.raises(NoResponseError) if outcome == "silent" else nullcontext():
            assert client.get_json("/apps", App) == App(7)

    assert len(sleeps) == retries


def test_a_silent_host_takes_no_retries_from_another(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    requests_mock.get(ANY, **SILENCE)
    client = open_client()

    for url in (API, "https://other.example"):
        with pytest.raises(NoResponseError):
            client.get_json("/apps", App, base_url=url)

    assert len(sleeps) == 12


def test_responses_that_are_always_cut_do_not_end_the_retries_of_others(
    requests_mock: Mocker, sleeps: list[float]
) -> None:
    cut: dict[str, Any] = {"text": '{"id":'}
    requests_mock.get(f"{API}/apps", **cut)
    requests_mock.get(f"{API}/users", [cut, OK])
    client = open_client()
    with pytest.raises(NoResponseError):
        client.get_json("/apps", App)

    assert client.get_json("/users", App) == App(7)
    assert len(sleeps) == 7


def test_the_first_retries_are_logged_and_all_are_counted(
    requests_mock: Mocker, sleeps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOGGER.name)
    requests_mock.get(f"{API}/apps", status_code=503)
    client = open_client(config={"max_retries": 5})

    with pytest.raises(GatewayError):
        client.get_json("/apps", App)

    entries = [entry for entry in caplog.records if "Trying again" in entry.getMessage()]
    assert [entry.levelname for entry in entries] == ["WARNING"] * 3 + ["DEBUG"] * 2
    assert "GET /v1/apps answered 503" in entries[0].getMessage()
    assert client.retried == len(sleeps) == 5
