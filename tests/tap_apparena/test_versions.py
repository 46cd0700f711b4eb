"""The versions of projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tap_apparena.servers import select_rows

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server


@pytest.mark.parametrize("field", ["variant", "version"])
def test_a_version_belongs_to_the_project_that_was_asked(server: Server, field: str) -> None:
    row = {field: 2.5, "projectId": "9999", "lang": "de_DE"}
    server.respond("/projects/44/versions", [row])

    run = server.read("versions", unknown_fields="fail")

    (version,) = select_rows(run.records["versions"], projectId=44)
    assert version["variant"] == "2.5"
