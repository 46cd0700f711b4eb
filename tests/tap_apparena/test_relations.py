"""Relations are those that the API allows, but for credentials."""

from __future__ import annotations

import pytest
from singer_sdk.exceptions import ConfigValidationError

from tap_apparena.relations import validate_relations

ALLOWED = {"apps": ("company", "template"), "app_configs": (), "customers": ("channels",)}


def test_each_relation_is_asked_for_once() -> None:
    wanted = {"apps": ["company", "template", "company"]}

    assert validate_relations(wanted, ALLOWED) == {"apps": ("company", "template")}


@pytest.mark.parametrize(
    ("stream", "relation", "words"),
    [
        ("app_configs", "app", "have any: apps, customers"),
        ("apps", "configs", "has only: company, template"),
        ("apps", "_links", "has only: company, template"),
        ("customers", "apikeys", "hand out credentials"),
    ],
)
def test_other_relations_are_refused(stream: str, relation: str, words: str) -> None:
    with pytest.raises(ConfigValidationError, match=words):
        validate_relations({stream: [relation]}, ALLOWED)
