"""What arrives in the warehouses: everything once, then what is new, then everything again."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.pipelines.visits import (
    CHROME,
    DAYS,
    Expectation,
    days_ago,
    first_visits,
    later_visits,
    view,
)
from tests.pipelines.warehouses import KEYS
from tests.sandbox.goatcounter import Generation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.pipelines.conftest import SitePipeline
    from tests.pipelines.visits import Row

STREAMS = tuple(KEYS)
STATISTICS = ("path_daily", "total_daily", "browsers")
WITHOUT_HITS = ["*_daily.*", "browsers.*"]

any_generation = pytest.mark.parametrize(
    "generation", list(Generation), ids=lambda generation: generation.value
)


def into(*warehouses: str) -> pytest.MarkDecorator:
    """Run a test with only these warehouses, where the others would show nothing more."""
    return pytest.mark.parametrize("warehouse", warehouses, indirect=True)


def test_a_first_run_loads_all_there_is(pipeline: SitePipeline) -> None:
    pipeline.site.add(first_visits())

    pipeline.run()

    for stream in STREAMS:
        assert_holds(pipeline, stream)


@any_generation
def test_a_second_run_adds_new_hits_and_corrects_statistics(pipeline: SitePipeline) -> None:
    pipeline.site.add(first_visits())
    pipeline.run()
    new = later_visits()
    pipeline.site.add(new)

    second = pipeline.run()

    assert second.records["hits"] == len(new)
    for stream in STREAMS:
        assert_holds(pipeline, stream)


@into("duckdb")
def test_a_run_without_news_changes_nothing(pipeline: SitePipeline) -> None:
    pipeline.site.add(first_visits())
    pipeline.run()

    second = pipeline.run()

    assert second.records["hits"] == 0
    for stream in STREAMS:
        assert_holds(pipeline, stream)


@into("duckdb", "postgres")
def test_a_full_refresh_gives_the_same_content_again(pipeline: SitePipeline) -> None:
    hits = first_visits()
    pipeline.site.add(hits)
    pipeline.run()

    again = pipeline.run("--full-refresh")

    assert again.records["hits"] == len(hits)
    for stream in STREAMS:
        assert_holds(pipeline, stream)


@into("duckdb", "postgres")
def test_a_state_from_an_older_run_doubles_nothing(pipeline: SitePipeline) -> None:
    pipeline.site.add(first_visits())
    pipeline.run()
    older = pipeline.state.read_bytes()
    pipeline.site.add(later_visits())
    pipeline.run()

    pipeline.state.write_bytes(older)
    again = pipeline.run()

    assert again.records["hits"] == len(later_visits())
    for stream in STREAMS:
        assert_holds(pipeline, stream)


@into("duckdb")
def test_a_full_refresh_counts_late_visits_of_long_ago(pipeline: SitePipeline) -> None:
    pipeline.site.add(first_visits())
    pipeline.run()
    pipeline.site.add([view("/prices", days_ago(DAYS), "15:00:00", "late", user_agent=CHROME)])

    pipeline.run("--full-refresh", TAP_GOATCOUNTER__SELECT=json.dumps(WITHOUT_HITS))

    for stream in STATISTICS:
        assert_holds(pipeline, stream)


@into("postgres")
def test_hits_are_named_by_their_place_in_an_export(pipeline: SitePipeline) -> None:
    hits, new = first_visits(), later_visits()
    pipeline.site.add(hits)
    pipeline.run()
    first_id = pipeline.site.server.last_hit_id(pipeline.site.id)
    pipeline.site.add(new)
    pipeline.run()
    last_id = pipeline.site.server.last_hit_id(pipeline.site.id)

    rows = pipeline.warehouse.rows("hits")

    names = ("site_id", "export_cursor", "row_number", "export_last_hit_id")
    assert sorted(tuple(row[name] for name in names) for row in rows) == [
        *((pipeline.site.id, 0, number + 1, first_id) for number in range(len(hits))),
        *((pipeline.site.id, first_id, number + 1, last_id) for number in range(len(new))),
    ]


def assert_holds(pipeline: SitePipeline, stream: str) -> None:
    """Assert that a table holds, under keys that tell its rows apart, what was sent to the site."""
    rows = pipeline.warehouse.rows(stream)
    expected = Expectation(pipeline.site.hits).rows(stream)
    keys = [tuple(row[name] for name in KEYS[stream]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert _typed(rows, expected[0]) == _typed(expected, expected[0])
    assert {row["site_id"] for row in rows} == {pipeline.site.id}


def _typed(rows: Iterable[Row], names: Iterable[str]) -> Counter[tuple[Any, ...]]:
    """Give the values of rows such that 1, True and "1" differ."""
    names = sorted(names)
    return Counter(tuple((name, repr(row[name])) for name in names) for row in rows)
