"""What is tried again, how soon, and what the server's clock has to do with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import requests

from singer_tapkit.client import read_retry_after as retry_after
from tests.sandbox.faults import Answer, CutOff, Reset
from tests.sandbox.gotom import GoTom
from tests.tap_gotom.places import API_SECRET, Place, report

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import Tap

MEDIA = "/app-api/primary-keys/media"
USERS = "/app-api/primary-keys/user"


def pauses(place: Place) -> list[float]:
    """Seconds between the requests for the list."""
    times = [request.time for request in place.received(MEDIA)]
    return [later - earlier for earlier, later in pairwise(times)]


def answer_with(value: str) -> requests.Response:
    answer = requests.Response()
    answer.headers["Retry-After"] = value
    return answer


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_obeyed(place: Place, tap: Tap, status: int) -> None:
    place.server.faults.add("GET", MEDIA, Answer(status, "later", {"Retry-After": "4"}))
    assert len(tap.succeed(place.api(), "media").records["media"]) == 3
    (pause,) = pauses(place)
    assert 4 <= pause < 15


def test_retry_after_as_a_date_is_obeyed() -> None:
    moment = datetime.now(UTC) + timedelta(seconds=90)
    found = retry_after(answer_with(format_datetime(moment, usegmt=True)))
    assert found is not None
    assert 85 < found <= 90


@pytest.mark.parametrize("value", ["", "soon", "nan", "inf", "1e9", "1 2"])
def test_a_retry_after_that_says_nothing_is_none(value: str) -> None:
    assert retry_after(answer_with(value)) is None


def test_a_wait_beyond_any_limit_is_refused(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", MEDIA, Answer(429, "tomorrow", {"Retry-After": "86400"}))
    run = tap.fail(place.api(), "media", "channels")
    assert "The server wants a wait of 86400 seconds" in run.log
    assert len(run.records["channels"]) == 30
    assert pauses(place) == []


def test_a_list_that_breaks_off_is_asked_for_again(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", MEDIA, CutOff(20))
    assert len(tap.succeed(place.api(), "media").records["media"]) == 3
    assert len(place.received(MEDIA)) == 2


def test_a_list_that_always_breaks_off_fails_alone(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", MEDIA, CutOff(20), times=None)
    run = tap.fail(place.api(max_retries=0), "media", "channels")
    assert "media: no answer" in run.log
    assert run.records["media"] == []
    assert len(run.records["channels"]) == 30


def test_a_server_that_never_answers_is_waited_for_once(tap: Tap) -> None:
    nowhere = Place("http://127.0.0.1:9", GoTom())
    run = tap.fail(nowhere.api(), "channels", "media", "users")
    assert run.log.count("Trying again") == 1
    assert run.log.count("no answer to GET /app-api/primary-keys/") == 2 * 3 + 1


def test_a_server_that_has_answered_is_waited_for_by_each_stream(place: Place, tap: Tap) -> None:
    for path in (MEDIA, USERS):
        place.server.faults.add("GET", path, Reset(), times=None)
    run = tap.fail(place.api(), "channels", "media", "users")
    assert len(run.records["channels"]) == 30
    assert [len(place.received(path)) for path in (MEDIA, USERS)] == [2, 2]


def test_what_fails_without_a_request_says_nothing_about_the_server(place: Place, tap: Tap) -> None:
    place.server.faults.add("GET", MEDIA, Answer(503, "later"))
    broken = report(columns={"a": "string"}, primary_keys=["b"])
    run = tap.fail(place.both(broken), "media", catalog=None)
    assert "its key 'b' is none of the columns" in run.log
    assert len(run.records["media"]) == 3


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=31), "31 minutes behind"),
        (timedelta(minutes=-31), "31 minutes ahead of"),
        (timedelta(hours=-3), "3.0 hours ahead of"),
    ],
)
def test_a_wrong_clock_is_told_with_its_difference(ahead: timedelta, words: str, tap: Tap) -> None:
    server = GoTom(now=lambda: datetime.now(UTC) + ahead)
    server.add_user("api_user", API_SECRET, ["api"])
    with server.serve() as url:
        place = Place(url, server)
        run = tap.fail(place.api(), "media")
    assert words in run.log
    assert "Request is too" in run.log
    assert len(place.received(MEDIA)) == 1


@pytest.mark.parametrize("minutes", [29, -29])
def test_a_clock_within_the_tolerance_does_no_harm(minutes: int, tap: Tap) -> None:
    server = GoTom(now=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    server.add_user("api_user", API_SECRET, ["api"])
    with server.serve() as url:
        run = tap.succeed(Place(url, server).api(), "media")
    assert len(run.records["media"]) == 3
