"""The README's tables say what the tap really has."""

from __future__ import annotations

from tap_apparena.personal_data import PERSONAL
from tap_apparena.streams import STREAMS
from tests.publishing.readme import quoted_in, readme_of

README = readme_of("tap-apparena")


def test_the_table_of_relations_has_all_that_are_allowed() -> None:
    documented = {
        stream: tuple(quoted_in(row["relations"]))
        for row in README.rows("Filters and relations", 1)
        for stream in quoted_in(row["stream"])
    }
    assert documented == {
        vars(stream)["name"]: stream.relations for stream in STREAMS if stream.relations
    }


def test_the_personal_fields_are_named() -> None:
    named = set(quoted_in(README.section("Personal data")))
    declared = {name for stream in STREAMS for name in stream.fields}
    assert PERSONAL & declared <= named
