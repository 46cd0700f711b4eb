"""The definitions of the taps for the Meltano Hub: accepted there, true, and of use."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.meltano import REPOSITORY
from tests.publishing.definition import describe_tap, list_extractors

RULES = json.loads(Path(__file__).with_name("hub_rules.json").read_text(encoding="utf-8"))
SECRET = re.compile("password|token|secret|_key$")

each_tap = pytest.mark.parametrize("tap", list_extractors())


@each_tap
def test_a_definition_is_as_the_hub_wants_it(tap: str) -> None:
    errors = [error.message for error in Draft7Validator(RULES).iter_errors(read_definition(tap))]

    assert errors == []


@each_tap
def test_settings_by_which_a_tap_can_run_exist(tap: str) -> None:
    definition = read_definition(tap)
    names = {setting["name"] for setting in definition["settings"]}

    assert definition["settings_group_validation"]
    assert all(set(group) <= names for group in definition["settings_group_validation"])


@each_tap
def test_secrets_are_sensitive(tap: str) -> None:
    named_so = {
        setting["name"]: setting.get("sensitive", False)
        for setting in read_definition(tap)["settings"]
        if SECRET.search(setting["name"])
    }

    assert named_so
    assert set(named_so.values()) == {True}


@each_tap
def test_a_tap_tells_all_about_itself(tap: str) -> None:
    said = describe_tap(tap)

    assert {"name", "description", "version", "sdk_version", "capabilities"} <= set(said)
    for name, setting in said["settings"]["properties"].items():
        assert setting.get("title"), name
        assert setting.get("description"), name


def read_definition(tap: str) -> dict[str, Any]:
    """Read a tap's definition."""
    text = (REPOSITORY / tap / "plugin.yaml").read_text(encoding="utf-8")
    definition: dict[str, Any] = yaml.safe_load(text)
    return definition
