"""The data dictionary is complete, and its joins hold in what the sandbox serves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.testing import run_tap
from tap_apparena.tap import TapAppArena
from tap_goatcounter.tap import TapGoatCounter
from tap_gotom.tap import TapGoTom
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.publishing.definition import list_extractors
from tests.publishing.dictionary import build_dictionary
from tests.publishing.served import serve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from singer_sdk import Tap

    from tests.publishing.dictionary import End

    Records = Mapping[str, Sequence[Mapping[str, Any]]]

FOR_STORE_OWNERS = {"companies"}
"""Streams that the sandbox's usual key may not read."""
TAPS: dict[str, type[Tap]] = {
    "tap-goatcounter": TapGoatCounter,
    "tap-gotom": TapGoTom,
    "tap-studio-openapi": TapStudioOpenApi,
    "tap-apparena": TapAppArena,
}

each_tap = pytest.mark.parametrize("tap", list_extractors())


@each_tap
def test_every_stream_and_every_property_has_a_description(tap: str) -> None:
    tables = build_dictionary(tap).tables.values()
    described = {(table.name, ""): table.description for table in tables}
    for table in tables:
        described |= {(table.name, column.path): column.description for column in table.columns}

    assert [name for name, text in described.items() if not text] == []


@each_tap
def test_joins_are_between_columns_that_exist(tap: str) -> None:
    dictionary = build_dictionary(tap)
    ends = {end for join in dictionary.joins for end in (join.source, join.target)}

    assert {end for end in ends if set(end.columns) - dictionary.tables[end.table].paths} == set()


@each_tap
def test_every_row_leads_to_another_one_where_the_dictionary_says_so(tap: str) -> None:
    dictionary = build_dictionary(tap)
    records = read(tap, dictionary.tables.keys() - FOR_STORE_OWNERS)
    joined = {
        join: (collect_values(join.source, records), collect_values(join.target, records))
        for join in dictionary.joins
    }

    assert {
        join: orphans
        for join, (sources, targets) in joined.items()
        if join.is_complete and (orphans := sources - targets)
    } == {}
    assert [join for join, (sources, targets) in joined.items() if not sources & targets] == []


def read(tap: str, streams: Iterable[str]) -> Records:
    """Read streams of what the sandbox serves."""
    with serve(tap) as settings:
        if tap == "tap-goatcounter":  # which reads statistics by a request per day and more
            settings["start_date"] = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
        if tap == "tap-studio-openapi":  # the other studios have more of the same
            del settings["connections"][1:]
        run = run_tap(TAPS[tap], settings, select=[*streams])
    assert run.exit_code == 0, run.error
    return run.records


def collect_values(end: End, records: Records) -> set[tuple[Any, ...]]:
    """Return what stands in the columns of one side of a join, without empty ones."""
    found: set[tuple[Any, ...]] = set()
    for record in records.get(end.table, ()):
        *common, last = ([*read_values(record, column.split("."))] for column in end.columns)
        found.update((*(value for (value,) in common if common), item) for item in last)
    return {item for item in found if None not in item}


def read_values(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield what stands at a path: one value, or those of a list's items."""
    if not path or value is None:
        yield value
        return
    name, *rest = path
    if name.endswith("[]"):
        for item in value.get(name.removesuffix("[]")) or ():
            yield from read_values(item, rest)
    else:
        yield from read_values(value.get(name), rest)
