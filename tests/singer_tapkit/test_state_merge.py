"""States of slices and of one run become one another without loss."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.state_merge import copy_for_slices, main, merge_states

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from click.testing import Result

DAYS = st.dates().map(str)
TIMES = st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='seconds')}+00:00")
BOOKMARKS = {"hits": st.integers(0, 10**12), "days": DAYS, "checkins": TIMES}
few_examples = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
CHECKPOINT = st.fixed_dictionaries({"position": st.integers(0, 99), "saved_at": TIMES})


def entries(stream: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return what makes the entry of a partition, without its context."""
    bookmark = {
        "replication_key": st.just("key"),
        "replication_key_value": BOOKMARKS[stream],
        "export_id": st.integers(1, 9),
    }
    unfinished = st.fixed_dictionaries({"checkpoint": CHECKPOINT})
    return unfinished | st.fixed_dictionaries(bookmark, optional={"checkpoint": CHECKPOINT})


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """Make a state of some streams with partitions."""
    bookmarks: dict[str, Any] = {}
    for stream in draw(st.sets(st.sampled_from(sorted(BOOKMARKS)))):
        found = draw(st.dictionaries(st.integers(1, 12), entries(stream)))
        partitions = [{"context": {"account": key}, **entry} for key, entry in found.items()]
        bookmarks[stream] = {"partitions": partitions} if partitions else {}
    return {"bookmarks": bookmarks}


def index_partitions(state: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    return {
        (stream, entry["context"]["account"]): entry
        for stream, stream_state in state["bookmarks"].items()
        for entry in stream_state.get("partitions", [])
    }


def read_bookmarks(state: dict[str, Any]) -> dict[tuple[str, int], Any]:
    return {
        key: entry["replication_key_value"]
        for key, entry in index_partitions(state).items()
        if "replication_key_value" in entry
    }


def make_state(*partitions: dict[str, Any], stream: str = "hits") -> dict[str, Any]:
    return {"bookmarks": {stream: {"partitions": list(partitions)}}}


def make_partition(account: int = 1, **entry: Any) -> dict[str, Any]:
    return {"context": {"account": account}, **entry}


def make_bookmark(value: Any, **more: Any) -> dict[str, Any]:
    return make_partition(replication_key="key", replication_key_value=value, **more)


def take_slices(state: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return states of which each has some partitions."""
    slices = []
    for number in range(count):
        part = deepcopy(state)
        for stream_state in part["bookmarks"].values():
            stream_state["partitions"] = [
                entry
                for entry in stream_state.get("partitions", [])
                if entry["context"]["account"] % count == number
            ]
        slices.append(part)
    return slices


@few_examples
@given(states(), st.integers(1, 16), st.randoms(use_true_random=False))
def test_slices_that_have_nothing_in_common_are_the_whole(
    state: dict[str, Any], count: int, chance: random.Random
) -> None:
    slices = take_slices(state, count)
    chance.shuffle(slices)

    assert index_partitions(merge_states(slices)) == index_partitions(state)


@few_examples
@given(states(), st.lists(st.sampled_from([1, 8, 16]), max_size=4))
def test_bookmarks_move_on_through_any_number_of_slices(
    state: dict[str, Any], counts: list[int]
) -> None:
    expected = index_partitions(copy_for_slices(state))
    for step, count in enumerate(counts):
        slices = [copy_for_slices(state) for _ in range(count)]
        for (stream, account), entry in expected.items():
            if stream == "hits":
                entry.update(replication_key_value=entry["replication_key_value"] + 1)
                entry.update(export_id=step)
                index_partitions(slices[account % count])[stream, account].update(entry)
        state = merge_states(slices)

    assert index_partitions(copy_for_slices(state)) == expected


@few_examples
@given(st.lists(states(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_states_does_not_matter(
    given_states: list[dict[str, Any]], chance: random.Random
) -> None:
    merged = merge_states(given_states)
    one_by_one = reduce(lambda one, other: merge_states([one, other]), given_states)

    chance.shuffle(given_states)

    assert merge_states(given_states) == merged
    assert merge_states([merged, merged]) == merged
    assert read_bookmarks(one_by_one) == read_bookmarks(merged)


@few_examples
@given(states(), st.integers(1, 16))
def test_the_states_of_slices_have_all_bookmarks_and_no_checkpoint(
    state: dict[str, Any], count: int
) -> None:
    merged = merge_states([copy_for_slices(state)] * count)

    assert read_bookmarks(merged) == read_bookmarks(state)
    assert len(index_partitions(merged)) == len(read_bookmarks(merged))
    assert "checkpoint" not in json.dumps(merged)


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (99, 100),
        (2, 2.5),
        ("2026-11-09", "2026-11-10"),
        ("2026-11-09", "2026-11-09T00:00:01"),
        ("2026-11-09T23:00:00-02:00", "2026-11-10T01:30:00Z"),
        ("2026-09", "2026-10"),
        (None, 1),
    ],
)
def test_the_larger_bookmark_wins_with_all_that_stands_beside_it(smaller: Any, larger: Any) -> None:
    old = make_bookmark(smaller, export_id=1, checkpoint={"position": 1})
    new = make_bookmark(larger, export_id=2)

    assert merge_states([make_state(old), make_state(new)]) == make_state(new)
    assert merge_states([make_state(new), make_state(old)]) == make_state(new)


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ({"export_id": 1}, {"export_id": 1}, {"export_id": 1}),
        ({"export_id": 1}, {"export_id": 2}, {}),
        ({"checkpoint": {"position": 1}}, {}, {}),
        (
            {"replication_key_value": "2026-11-10T00:00:00Z"},
            {"replication_key_value": "2026-11-10T01:00:00+01:00"},
            {"replication_key_value": "2026-11-10T00:00:00Z"},
        ),
    ],
)
def test_of_equal_bookmarks_what_both_say_is_kept(one: Any, other: Any, kept: Any) -> None:
    states_of_both = [make_state({**make_bookmark(5), **entry}) for entry in (one, other)]
    expected = make_state({**make_bookmark(5), **kept})

    assert merge_states(states_of_both) == expected
    assert merge_states(states_of_both[::-1]) == expected


def test_streams_without_partitions_are_merged_alike() -> None:
    interrupted = {"checkpoint": {"position": 7}, "digest": "x"}
    one = {"bookmarks": {"apps": interrupted, "old": {}, "reports": {"digest": "a", "version": 1}}}
    other = {"bookmarks": {"apps": {"digest": "x"}, "new": {}, "reports": {"digest": "b"}}}

    assert merge_states([one, other]) == {
        "bookmarks": {"apps": {"digest": "x"}, "new": {}, "old": {}, "reports": {}}
    }
    assert merge_states([one, {"bookmarks": {}}])["bookmarks"]["apps"] == interrupted


def test_a_partition_that_stands_in_a_state_twice_is_merged() -> None:
    assert merge_states([make_state(make_bookmark(3), make_bookmark(4))]) == make_state(
        make_bookmark(4)
    )


@pytest.mark.parametrize(
    ("one", "other", "problem"),
    [
        (1, "2026-11-10", "are of different types"),
        (1, [2], "are of different types"),
        ("2026-11-10", "latest", "are texts of different forms"),
        ("9", "10", "are texts of different forms"),
        (1, True, "neither a number nor a text"),
    ],
)
def test_bookmarks_that_cannot_be_compared_are_refused(one: Any, other: Any, problem: str) -> None:
    for pair in ((one, other), (other, one)):
        with pytest.raises(ConfigValidationError) as refused:
            merge_states([make_state(make_bookmark(value)) for value in pair])
        (message,) = refused.value.errors
        assert "the partition {'account': 1} of the stream 'hits'" in message
        assert problem in message


def test_bookmarks_of_different_fields_are_refused() -> None:
    other = {**make_bookmark(2), "replication_key": "other"}

    with pytest.raises(ConfigValidationError, match="are of different fields"):
        merge_states([make_state(make_bookmark(1)), make_state(other)])


def invoke(*arguments: Any, stdin: Any = None) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), input=json.dumps(stdin))


def test_the_command_merges_states_in_any_wrapping(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"singer_state": make_state(make_bookmark(7))}))
    message = {"type": "STATE", "value": make_state(make_bookmark(9))}

    merged = invoke("merge-states", tmp_path / "one.json", "-", stdin=message)

    assert merged.exit_code == 0
    assert json.loads(merged.stdout) == {"singer_state": make_state(make_bookmark(9))}


def test_the_command_writes_a_state_for_each_slice(tmp_path: Path) -> None:
    whole = make_state(
        make_bookmark(7, checkpoint={"position": 1}), make_partition(2, checkpoint={})
    )

    split = invoke("split-state", "-", "--slices", 3, "--folder", tmp_path / "new", stdin=whole)

    assert split.exit_code == 0
    found = {path.name: json.loads(path.read_text()) for path in (tmp_path / "new").iterdir()}
    content = {"singer_state": make_state(make_bookmark(7))}
    assert found == {f"{number}-of-3.json": content for number in (1, 2, 3)}


def test_the_command_refuses_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(make_state(make_bookmark("2026-11-10"))))

    refused = invoke("merge-states", tmp_path / "one.json", "-", stdin=make_state(make_bookmark(9)))
    damaged = invoke("split-state", "-", "--slices", 2, "--folder", tmp_path / "x", stdin=[1])

    assert (refused.exit_code, damaged.exit_code) == (1, 1)
    assert refused.stderr.startswith("Error: The states cannot be merged for the partition")
    assert "must hold one JSON object" in damaged.stderr
    assert not (tmp_path / "x").exists()


def test_the_commands_are_those_of_the_package() -> None:
    command = [sys.executable, "-m", "singer_tapkit", "--help"]

    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "merge-states" in shown
    assert "split-state" in shown
