"""What happens when a saved report is changed after its columns were discovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.gotom import Report
from tests.tap_gotom.places import cells, report

if TYPE_CHECKING:
    from tests.tap_gotom.command_line import Tap
    from tests.tap_gotom.places import Place

THREE = {"A": "string", "B": "string", "C": "string"}


def test_a_missing_column_is_null_and_told(place: Place, tap: Tap) -> None:
    place.save(("C", "A"), ("3", "1"))
    run = tap.succeed(place.graph(report(columns=THREE)))
    assert cells(run.records["sales"]) == [{"a": "1", "b": None, "c": "3"}]
    assert "missing in the report stay null: 'B'" in run.log


@pytest.mark.parametrize("content", [b"A;B;C\n1;2;3\n", b"X,Y\n1,2\n", b'{"error":\n1}\n'])
def test_a_file_with_none_of_the_columns_replaces_nothing(
    place: Place, tap: Tap, content: bytes
) -> None:
    place.server.add_report(46, Report(content))
    run = tap.fail(place.graph(report(columns=THREE)))
    assert run.output.kinds("sales") == ["SCHEMA"]
    assert "none of the report's columns is there" in run.log


def test_a_new_column_is_left_out_and_told(place: Place, tap: Tap) -> None:
    place.save(("New", "C", "B", "A"), ("0", "3", "2", "1"))
    run = tap.succeed(place.graph(report(columns=THREE)))
    assert cells(run.records["sales"]) == [{"a": "1", "b": "2", "c": "3"}]
    assert "left out: New" in run.log


def test_new_columns_are_kept_under_their_own_names_when_told_so(place: Place, tap: Tap) -> None:
    place.save(("A", "Neu", "B", "C", "Neu"), ("1", "x", "2", "3", "y"))
    run = tap.succeed(place.graph(report(columns=THREE), unknown_fields="keep"))
    assert cells(run.records["sales"]) == [
        {"a": "1", "b": "2", "c": "3", "unknown_fields": {"Neu": "x", "Neu (2)": "y"}}
    ]


def test_new_columns_fail_the_report_before_any_row_when_told_so(place: Place, tap: Tap) -> None:
    place.save(("A", "B", "C", "New"), ("1", "2", "3", "4"))
    run = tap.fail(place.graph(report(columns=THREE), unknown_fields="fail"))
    assert run.output.kinds("sales") == ["SCHEMA"]
    assert "unknown here: New" in run.log


@pytest.mark.parametrize("policy", ["warn", "keep"])
def test_columns_that_go_come_and_move_at_once_shift_nothing(
    place: Place, tap: Tap, policy: str
) -> None:
    place.save(("New", "C", "A", "Other"), ("n", "3", "1", "o"))
    run = tap.succeed(place.graph(report(columns=THREE), unknown_fields=policy))
    (found,) = cells(run.records["sales"])
    assert (found["a"], found["b"], found["c"]) == ("1", None, "3")
    kept = {"New": "n", "Other": "o"} if policy == "keep" else None
    assert found.get("unknown_fields") == kept


def test_a_typed_column_that_moves_keeps_its_type(place: Place, tap: Tap) -> None:
    place.save(("New", "Umsatz", "Name"), ("x", "1.5", "a"), ("y", "", "b"))
    settings = place.graph(report(columns={"Name": "string", "Umsatz": "number"}))
    assert cells(tap.succeed(settings).records["sales"]) == [
        {"name": "a", "umsatz": 1.5},
        {"name": "b", "umsatz": None},
    ]


def test_the_catalog_keeps_what_was_discovered(place: Place, tap: Tap) -> None:
    place.save(("Größe", "Größe", ""), ("1", "2", "3"))
    catalog = tap.discover(place.graph(report()))
    place.save(("", "Neu", "Größe", "Größe"), ("c", "n", "a", "b"))
    run = tap.succeed(place.graph(report()), catalog=catalog)
    assert cells(run.records["sales"]) == [{"groesse": "a", "groesse_2": "b", "column_3": "c"}]


def test_a_missing_key_fails_instead_of_being_null(place: Place, tap: Tap) -> None:
    place.save(("B", "C"), ("2", "3"))
    run = tap.fail(place.graph(report(columns=THREE, primary_keys=["A"])))
    assert run.output.kinds("sales") == ["SCHEMA"]
    assert "column 'A' is missing" in run.log


def test_a_key_that_is_no_column_fails_this_report_alone(place: Place, tap: Tap) -> None:
    place.save(("A",), ("1",))
    place.save(("A",), ("1",), number=47)
    run = tap.fail(place.graph(report(primary_keys=["X"]), report("other", 47)))
    assert "its key 'X' is none of the columns 'A'" in run.log
    assert len(run.records["other"]) == 1


def test_deselected_columns_stay_out(place: Place, tap: Tap) -> None:
    place.save(("A", "B"), ("1", "2"))
    catalog = tap.discover(place.graph(report()))
    for entry in catalog["streams"][0]["metadata"]:
        if entry["breadcrumb"] == ["properties", "b"]:
            entry["metadata"]["selected"] = False
    run = tap.succeed(place.graph(report()), catalog=catalog)
    assert cells(run.records["sales"]) == [{"a": "1"}]


def test_an_empty_file_cannot_be_discovered_and_says_what_to_do(place: Place, tap: Tap) -> None:
    place.server.add_report(46, Report(b""))
    run = tap.fail(place.graph(report()))
    assert "name them in 'columns'" in run.log
