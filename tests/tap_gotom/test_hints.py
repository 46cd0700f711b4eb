"""What hints advise a user about errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tap_gotom.hints import MAINTENANCE, error_hint

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
    assert words in error_hint(status, path, detail, "")


def test_an_error_that_says_it_all_has_no_hint() -> None:
    assert not error_hint(404, "/app-api/campaign/x", "Not Found", "")


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=31), "31 minutes behind"),
        (timedelta(minutes=-31), "31 minutes ahead of"),
        (timedelta(hours=-3), "3.0 hours ahead of"),
        (timedelta(), "which goTom tolerates"),
    ],
)
def test_a_wrong_clock_is_told_with_its_difference(ahead: timedelta, words: str) -> None:
    date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    assert words in error_hint(401, MEDIA, "Request is too old", date)


def test_a_clock_is_to_be_set_where_the_answer_has_no_date() -> None:
    assert "no date to compare it with" in error_hint(401, MEDIA, "Request is too old", "")
