"""Errors name what the user can do about them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from singer_tapkit.errors import ApiError
from tap_studio_openapi.client import StudioClient

if TYPE_CHECKING:
    import requests_mock

URL = "https://a.example"


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "One key opens one studio."),
        (429, "lower 'requests_per_minute'"),
        (503, "The vendor's database is under load"),
    ],
)
def test_errors_name_what_to_do(
    requests_mock: requests_mock.Mocker, status: int, hint: str
) -> None:
    requests_mock.get(f"{URL}/v1/classes", status_code=status, json={"errorMessage": "no"})
    client = StudioClient([URL], logger=logging.getLogger("test"), config={"max_retries": 0})
    with pytest.raises(ApiError, match=hint):
        client.request("GET", "/v1/classes")
