"""The streams that there are, and what a run never gives away."""

from __future__ import annotations

import pytest

from singer_tapkit.schemas import load_schema
from tap_apparena.streams import STREAMS
from tests.sandbox.apparena import AppArena
from tests.tap_apparena.servers import NAMES, Server


@pytest.mark.parametrize("name", NAMES)
def test_each_field_has_a_description_and_only_keys_are_never_null(name: str) -> None:
    (keys,) = (vars(stream)["primary_keys"] for stream in STREAMS if vars(stream)["name"] == name)

    for field, schema in load_schema("tap_apparena", name)["properties"].items():
        assert schema["description"], field
        assert ("null" in schema["type"]) is (field not in keys), field


def test_values_of_filters_stay_out_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    nowhere = Server("http://127.0.0.1:9/api/v2", AppArena())
    wanted = {"apps": ["filter.createdBy[eq]=sentinel-ada"]}

    run = nowhere.fail("apps", filters=wanted, max_retries=1)

    assert "Trying again in 2 seconds: no response to GET /api/v2/apps" in run.log
    assert "sentinel-ada" not in run.log
