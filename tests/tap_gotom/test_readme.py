"""The README's table of what can be set for a report says what the tap really has."""

from __future__ import annotations

from tests.publishing.definition import about
from tests.publishing.readme import readme_of


def test_the_table_of_reports_has_every_setting_of_one() -> None:
    rows = readme_of("tap-gotom").rows("Settings", 1)
    reports = about("tap-gotom")["settings"]["properties"]["reports"]

    assert [row["setting"].strip("`") for row in rows] == list(reports["items"]["properties"])
