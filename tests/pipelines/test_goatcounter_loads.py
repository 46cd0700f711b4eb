"""What arrives of a GoatCounter: files of each run, late visits of long ago, and keys of hits."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.pipelines.conftest import into_duckdb, into_jsonl
from tests.pipelines.visits import (
    CHROME,
    DAYS,
    Expectation,
    find_day,
    make_first_visits,
    make_later_visits,
    make_view,
)
from tests.pipelines.warehouses import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.pipelines.conftest import SitePipeline
    from tests.pipelines.visits import Row

STREAMS = tuple(KEYS)
STATISTICS = ("path_daily", "total_daily", "browsers")
pytestmark = pytest.mark.long(seconds=15)
WITHOUT_HITS = ["*_daily.*", "browsers.*"]


@into_jsonl
def test_the_last_rows_of_files_are_what_there_is_after_each_run(pipeline: SitePipeline) -> None:
    site, hits, new = pipeline.site, make_first_visits(), make_later_visits()
    site.add(hits)
    pipeline.run()
    assert_all_hold(pipeline, STREAMS)
    first_id = site.server.last_hit_id(site.id)

    site.add(new)
    second = pipeline.run()
    assert second.records["hits"] == len(new)
    assert_all_hold(pipeline, STREAMS)

    names = ("site_id", "export_cursor", "row_number", "export_last_hit_id")
    last_id = site.server.last_hit_id(site.id)
    assert sorted(
        tuple(row[name] for name in names) for row in pipeline.warehouse.read_rows("hits")
    ) == [
        *((site.id, 0, number, first_id) for number in range(1, len(hits) + 1)),
        *((site.id, first_id, number, last_id) for number in range(1, len(new) + 1)),
    ]


@into_duckdb
def test_a_full_refresh_counts_late_visits_of_long_ago(pipeline: SitePipeline) -> None:
    pipeline.site.add(make_first_visits())
    pipeline.run()

    pipeline.site.add([make_view("/prices", find_day(DAYS), "15:00:00", "late", user_agent=CHROME)])
    pipeline.run("--full-refresh", TAP_GOATCOUNTER__SELECT=json.dumps(WITHOUT_HITS))
    assert_all_hold(pipeline, STATISTICS)


def assert_all_hold(pipeline: SitePipeline, streams: Iterable[str]) -> None:
    """Assert that tables hold, under keys that distinguish rows, what was sent to the site."""
    for stream in streams:
        rows = pipeline.warehouse.read_rows(stream)
        expected = Expectation(pipeline.site.hits).list_rows(stream)
        keys = [tuple(row[name] for name in KEYS[stream]) for row in rows]
        assert len(set(keys)) == len(keys)
        assert _count_typed(rows, expected[0]) == _count_typed(expected, expected[0])
        assert {row["site_id"] for row in rows} == {pipeline.site.id}


def _count_typed(rows: Iterable[Row], names: Iterable[str]) -> Counter[tuple[Any, ...]]:
    """Count equal rows such that 1, True and "1" differ."""
    names = sorted(names)
    return Counter(tuple((name, repr(row[name])) for name in names) for row in rows)
