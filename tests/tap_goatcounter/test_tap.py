"""The tap: its checks before and without reading, and its catalog."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.accounts import slice_of
from singer_tapkit.failures import SyncFailedError
from tap_goatcounter.tap import TapGoatCounter
from tests.sandbox.goatcounter import Generation

if TYPE_CHECKING:
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox

URL = "https://stats.example.com"
TOKEN = "gc7d1e5f0a9b3c2d4e6f8a0b1c3d5e7f9a2b4c6d8e0f1a3b5c"  # noqa: S105
CATALOG = Path(__file__).parent / "catalog.json"
"""Names, types and keys, on which users' tables depend; change them only on purpose."""


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Set 'site_url' and 'token'"),
        ({"sites": [TOKEN]}, "sites"),
        ({"site_url": URL, "token": TOKEN, "start_date": "May 2026"}, "start_date"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_sent(
    settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigValidationError) as refused:
        TapGoatCounter(config=settings)
    message = "\n".join(refused.value.errors)
    assert words in message
    assert TOKEN not in message


def test_sites_may_stand_in_a_file_and_be_read_in_slices(
    older: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sites"
    file.write_text(f"- {{site_url: '{older.url}/', token: $SITE_TOKEN}}", encoding="utf-8")
    monkeypatch.setenv("SITE_TOKEN", older.token)
    number = slice_of(older.url, 50)
    in_file: dict[str, Any] = {"site_url": None, "token": None, "sites_file": str(file)}

    own = older.read("sites", **in_file, slice=f"{number}/50")
    other = older.read("sites", **in_file, slice=f"{number % 50 + 1}/50")

    assert [site["id"] for site in own.records["sites"]] == [older.site_id]
    assert other.records == {"sites": []}
    assert other.state == {"bookmarks": {"sites": {}}}


def test_the_connection_test_makes_no_export_and_reads_no_data(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    TapGoatCounter(config=sandbox.settings()).check_connection()
    assert f"site 1 at {sandbox.url}: all permissions" in capsys.readouterr().err
    paths = {request.path for request in sandbox.server.requests}
    assert paths <= {"/status", "/api/v0/me", "/api/v0/sites"}


def test_the_connection_test_names_what_the_token_lacks(open_sandbox: OpenSandbox) -> None:
    sandbox = open_sandbox(Generation.MAIN, permissions=8)
    with pytest.raises(SyncFailedError, match=r"lacks (export, stats|stats, export)"):
        TapGoatCounter(config=sandbox.settings()).check_connection()


@pytest.mark.parametrize(("collect", "is_warned"), [(190, True), (446, False)])
def test_the_connection_test_warns_of_page_views_that_are_not_stored(
    open_sandbox: OpenSandbox, capsys: pytest.CaptureFixture[str], collect: int, *, is_warned: bool
) -> None:
    sandbox = open_sandbox(Generation.MAIN, collect=collect)
    TapGoatCounter(config=sandbox.settings()).check_connection()
    assert ("Individual pageviews" in capsys.readouterr().err) == is_warned


def test_the_connection_test_fails_for_a_token_that_is_not_known(newer: Sandbox) -> None:
    with pytest.raises(SyncFailedError, match="unknown token"):
        TapGoatCounter(config=newer.settings(token=TOKEN)).check_connection()


@pytest.mark.parametrize("base_path", ["", "/stats"])
def test_the_usual_selection_needs_three_permissions_and_one_export(
    open_sandbox: OpenSandbox, generation: Generation, base_path: str
) -> None:
    sandbox = open_sandbox(generation, base_path=base_path)
    sandbox.server.rest_token(sandbox.token)
    run = sandbox.read()
    assert [site["id"] for site in run.records["sites"]] == [1]
    assert not any(records for stream, records in run.records.items() if stream != "sites")
    bodies = [json.loads(item.body) for item in sandbox.server.requests if item.method == "POST"]
    form = {"format": "csv"} if generation is Generation.MAIN else {}
    assert bodies == [{"start_from_hit_id": 0, **form}]


def describe_catalog() -> dict[str, Any]:
    """Return of each stream what users' tables depend on."""
    return {
        entry["tap_stream_id"]: {
            "key": list(entry["key_properties"]),
            "replication": entry.get("replication_key") or entry["replication_method"],
            "fields": describe_types(entry["schema"]),
        }
        for entry in TapGoatCounter(validate_config=False, setup_mapper=False).catalog_dict[
            "streams"
        ]
    }


def describe_types(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        name: describe_types(field)
        if "properties" in field
        else " ".join([*sorted(field["type"]), *([field["format"]] if "format" in field else [])])
        for name, field in schema["properties"].items()
    }


def test_the_catalog_can_be_had_without_any_setting_and_is_as_it_was() -> None:
    assert describe_catalog() == json.loads(CATALOG.read_text(encoding="utf-8"))


def test_keys_are_never_null_and_not_all_there_is() -> None:
    for stream in TapGoatCounter(validate_config=False, setup_mapper=False).streams.values():
        for name in stream.primary_keys:
            assert "null" not in stream.schema["properties"][name]["type"], (stream.name, name)
        assert set(stream.schema["properties"]) - set(stream.primary_keys), stream.name
