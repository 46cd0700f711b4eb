"""External ids of campaigns, from the settings and from a report."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.failures import FailureCollector
from tap_gotom.campaign_ids import encode_id, is_reachable, read_campaign_ids, unique_ids
from tap_gotom.download import ReportSource
from tap_gotom.reports import Report
from tests.tap_gotom.servers import make_client

if TYPE_CHECKING:
    from requests_mock import Mocker

LOGGER = logging.getLogger("test")
BASE_URL = "https://acme.gotom.io"
IDS_FROM = {"report": "sales", "column": "Externe ID"}


def test_external_ids_are_encoded_completely() -> None:
    assert encode_id("M&S? 100% ü#'") == "M%26S%3F%20100%25%20%C3%BC%23%27"


@pytest.mark.parametrize("external_id", ["a/b", ".", ".."])
def test_ids_that_no_path_leads_to(external_id: str) -> None:
    assert not is_reachable(external_id)


def test_ids_are_the_same_in_capitals_and_keep_their_first_spelling() -> None:
    assert list(unique_ids(["Demo-1", "demo-1", "", " ", "DEMO-2", "Straße", "STRASSE"])) == [
        "Demo-1",
        "DEMO-2",
        "Straße",
    ]


def read_ids(requests_mock: Mocker, body: str, **more: Any) -> tuple[list[str], FailureCollector]:
    report = Report("sales", 46)
    csv = {"Content-Type": "text/csv"}
    requests_mock.get(f"{BASE_URL}{report.path}", text=body, headers=csv)
    failures = FailureCollector(LOGGER)
    config: dict[str, Any] = {"campaign_external_ids_from": IDS_FROM, **more}
    id_column = config["campaign_external_ids_from"]["column"]
    sources = {"sales": ReportSource(make_client(BASE_URL), report, id_column=id_column)}
    return list(read_campaign_ids(config, sources, failures, LOGGER)), failures


def test_ids_of_the_report_follow_those_of_the_settings(requests_mock: Mocker) -> None:
    body = "Name,Externe ID\na,c-1\nb,\nc,C-2\nd,c-3\n"
    found, failures = read_ids(requests_mock, body, campaign_external_ids=["c-2"])
    assert (found, failures.count) == (["c-2", "c-1", "c-3"], 0)


def test_the_column_may_be_named_as_in_a_stream(requests_mock: Mocker) -> None:
    ids_from = {"report": "sales", "column": "externe_id"}
    more = {"campaign_external_ids_from": ids_from}
    assert read_ids(requests_mock, "Name,Externe ID\na,c-1\n", **more)[0] == ["c-1"]


@pytest.mark.parametrize("body", ["Name\nc-1\n", "Externe ID,B\nc-1\n", "<html>"])
def test_a_report_that_cannot_be_read_leaves_the_ids_of_the_settings(
    requests_mock: Mocker, body: str
) -> None:
    found, failures = read_ids(requests_mock, body, campaign_external_ids=["c-2"])
    assert (found, failures.count) == (["c-2"], 1)


def test_a_report_with_nothing_but_a_header_is_reported(
    requests_mock: Mocker, caplog: pytest.LogCaptureFixture
) -> None:
    found, failures = read_ids(requests_mock, "Externe ID\n")
    assert (found, failures.count) == ([], 0)
    assert "report sales has no rows" in caplog.text
