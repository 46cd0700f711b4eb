"""The versions of projects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.faults import Answer
from tests.tap_apparena.test_children import select_rows

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server


@pytest.mark.parametrize("field", ["variant", "version"])
def test_a_version_belongs_to_the_project_that_was_asked(server: Server, field: str) -> None:
    rows = [{field: 2.5, "projectId": "9999", "lang": "de_DE"}]
    body = json.dumps({"_embedded": {"data": rows}, "total_items": 1})
    server.sandbox.faults.add("GET", "/api/v2/projects/44/versions", Answer(200, body), times=None)

    run = server.read("versions", unknown_fields="fail")

    (version,) = select_rows(run.records["versions"], projectId=44)
    assert version["variant"] == "2.5"
