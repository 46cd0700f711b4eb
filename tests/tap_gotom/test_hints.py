"""What hints advise a user about errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tap_gotom.hints import MAINTENANCE, choose_hint

GRAPH = "/app-api/graph-export/download/46"
CUSTOM = "/app-api/custom-report-export/download/46"
MEDIA = "/app-api/primary-keys/media"


@pytest.mark.parametrize(
    ("status", "path", "detail", "words"),
    [
        (401, MEDIA, "Invalid credentials.", "does not know the user in 'api_user'"),
        (401, GRAPH, "Signature not valid", "The secret in 'graph_secret' does not belong"),
        (401, MEDIA, "a page of HTML", "Check 'api_user' and 'api_secret'"),
        (403, MEDIA, "", "The user in 'api_user' is known but may not read this"),
        (404, GRAPH, "", "not a report of 'kind' custom"),
        (404, CUSTOM, "", "not a report of 'kind' graph"),
        (500, GRAPH, "", "goTom failed to build it"),
        (502, MEDIA, "", MAINTENANCE),
        (503, GRAPH, "", MAINTENANCE),
    ],
)
def test_an_error_names_what_to_do(status: int, path: str, detail: str, words: str) -> None:
    assert words in choose_hint(status, path, detail, None)


def test_an_error_that_says_it_all_has_no_hint() -> None:
    assert not choose_hint(404, "/app-api/campaign/x", "Not Found", None)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=31), "behind the server's by 0:31:00"),
        (timedelta(minutes=-31), "ahead of the server's by 0:31:00"),
        (timedelta(days=-3), "ahead of the server's by 3 days, 0:00:00"),
        (timedelta(), "which goTom tolerates"),
    ],
)
def test_a_wrong_clock_is_reported_with_its_difference(
    monkeypatch: pytest.MonkeyPatch, ahead: timedelta, words: str
) -> None:
    now = datetime(2026, 3, 9, 6, 15, tzinfo=UTC)
    monkeypatch.setattr("tap_gotom.hints.datetime", SimpleNamespace(now=lambda _zone: now))
    assert words in choose_hint(401, MEDIA, "Request is too old", now + ahead)


def test_a_clock_is_to_be_set_where_the_response_has_no_date() -> None:
    assert "no date to compare it with" in choose_hint(401, MEDIA, "Request is too old", None)
