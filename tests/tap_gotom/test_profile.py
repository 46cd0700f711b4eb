"""What the beginning of a report shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_gotom.column_types import ColumnType
from tap_gotom.columns import build_columns
from tap_gotom.download import Sample
from tap_gotom.profile import describe_columns, describe_keys, propose_columns

HEADERS = st.lists(st.sampled_from(["A", "a", "A 2", "a_2", "A-2", "a_3", "", " ", "1", "€", "Ä"]))


@pytest.mark.parametrize(
    ("cells", "proposal"),
    [
        (["1", "-20", ""], "integer"),
        (["0041 79", "1"], "string"),
        (["007"], "string"),
        (["12345678901234567890"], "string"),
        (["8662.50", "1", "-0.5"], "number"),
        (["8662,50", "12"], {"type": "number", "format": "1234,5"}),
        (["1'234.50", "12"], {"type": "number", "format": "1'234.5"}),
        (["1.234,50", "12"], {"type": "number", "format": "1.234,5"}),
        (["1.234", "5.678"], "string"),
        (["1,234"], "string"),
        (["2026-03-09"], "date"),
        (["09.03.2026", "31.12.2025"], {"type": "date", "format": "%d.%m.%Y"}),
        (["03.2026", "12.2026"], {"type": "date", "format": "%m.%Y"}),
        (["12.2026"], "string"),
        (["31/12/2026"], {"type": "date", "format": "%d/%m/%Y"}),
        (["01/02/2026"], "string"),
        (["2026-03", "2026-04"], "string"),
        (["2026-03-09T06:15:00+01:00"], "date-time"),
        (["2026-03-09T06:15:00"], "string"),
        (["ja", "nein"], {"type": "boolean", "format": "ja/nein"}),
        (["true"], "boolean"),
        (["a", "1"], "string"),
        (["", ""], "string"),
        ([], "string"),
    ],
    ids=str,
)
def test_a_type_is_proposed_only_where_cells_can_be_read_in_one_way(
    cells: list[str], proposal: Any
) -> None:
    sample = Sample(["A"], [[cell] for cell in cells], is_whole=True)
    assert propose_columns(sample) == {"A": proposal}
    assert ColumnType.from_setting(proposal).to_setting() == proposal


@given(HEADERS)
def test_proposed_columns_are_those_of_the_header(header: list[str]) -> None:
    proposal = propose_columns(Sample(header, [], is_whole=True))
    found = build_columns(header)
    assert len(found) == len(header)
    assert build_columns(list(proposal)) == found


def test_columns_that_distinguish_rows_are_named() -> None:
    rows = [["1", "a", "x", ""], ["2", "a", "y", "z"]]
    sample = Sample(["Id", "Kampagne", "Tag", "Ref"], rows, is_whole=True)
    assert describe_keys(sample).endswith("unique in all 2 row(s): 'Id', 'Tag'.")
    longer = Sample(["A"], [["1"], ["1"]], is_whole=False)
    assert describe_keys(longer).endswith("unique in the first 2 row(s): none of its columns.")


def test_a_proposal_holds_no_cells() -> None:
    sample = Sample(["Name", "Tag"], [["Meier", "09.03.2026"]], is_whole=True)
    described = describe_columns(sample)
    assert '"columns": {"Name": "string", "Tag": {"type": "date"' in described
    assert "Meier" not in described
    assert "09.03" not in described
