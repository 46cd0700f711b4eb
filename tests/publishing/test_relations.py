"""The joins of the data dictionary hold in what the sandbox serves: no row leads nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.testing import run_tap
from tap_apparena.tap import TapAppArena
from tap_goatcounter.tap import TapGoatCounter
from tap_gotom.tap import TapGoTom
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.publishing.dictionary import build_dictionary
from tests.publishing.served import serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from singer_sdk import Tap

    from tests.publishing.relations import End, Join

    Record = Mapping[str, Any]

FOR_STORE_OWNERS = {"companies"}
"""Streams that the sandbox's usual key may not read."""


def start_date() -> str:
    """Return a day of which statistics are read that are a request per day and more."""
    return (datetime.now(UTC).date() - timedelta(days=2)).isoformat()


TAPS: dict[str, type[Tap]] = {
    "tap-goatcounter": TapGoatCounter,
    "tap-gotom": TapGoTom,
    "tap-studio-openapi": TapStudioOpenApi,
    "tap-apparena": TapAppArena,
}


@pytest.mark.parametrize("tap", TAPS)
def test_every_row_leads_to_another_one_where_the_dictionary_says_so(tap: str) -> None:
    dictionary = build_dictionary(tap)
    records = read(tap, [name for name in dictionary.tables if name not in FOR_STORE_OWNERS])
    joins = dictionary.relations.joins

    assert {join: gone for join in joins if (gone := find_orphans(join, records))} == {}
    assert [join for join in joins if not find_joined(join, records)] == []


def read(tap: str, streams: Sequence[str]) -> Mapping[str, Sequence[Record]]:
    """Read streams of what the sandbox serves."""
    with serve(tap) as settings:
        if tap == "tap-goatcounter":
            settings["start_date"] = start_date()
        run = run_tap(TAPS[tap], settings, select=streams)
    assert run.exit_code == 0, run.error
    return run.records


def find_orphans(join: Join, records: Mapping[str, Sequence[Record]]) -> set[tuple[Any, ...]]:
    """Return what leads nowhere."""
    if not join.is_complete:
        return set()
    return collect_values(join.source, records) - collect_values(join.target, records)


def find_joined(join: Join, records: Mapping[str, Sequence[Record]]) -> set[tuple[Any, ...]]:
    """Return what leads to a row."""
    return collect_values(join.source, records) & collect_values(join.target, records)


def collect_values(end: End, records: Mapping[str, Sequence[Record]]) -> set[tuple[Any, ...]]:
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
