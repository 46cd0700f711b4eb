"""The joins of the data dictionary hold in what the sandbox serves: no row leads nowhere."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.testing import run_tap
from tap_apparena.tap import TapAppArena
from tap_goatcounter.tap import TapGoatCounter
from tap_gotom.tap import TapGoTom
from tap_studio_openapi.tap import TapStudioOpenApi
from tests.publishing.definition import sandbox_settings
from tests.publishing.dictionary import dictionary_of
from tests.sandbox import apparena, goatcounter, gotom, studio_openapi
from tests.sandbox.apparena import AppArena
from tests.sandbox.goatcounter import UNLIMITED, Generation, GoatCounter
from tests.sandbox.gotom import GoTom
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from singer_sdk import Tap

    from tests.publishing.relations import End, Join

    Record = Mapping[str, Any]

HOST = re.compile(r"http://127\.0\.0\.1:\d+")
NEWEST_KNOWN = "1.20.1"
"""A version of the studios' API that has all streams."""
FOR_STORE_OWNERS = {"companies"}
"""Streams that the sandbox's usual key may not read."""


@contextlib.contextmanager
def serve_goatcounter() -> Iterator[str]:
    """Serve the newer generation, which has all streams."""
    sandbox = GoatCounter(Generation.MAIN, limits=UNLIMITED)
    goatcounter.demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield url


@contextlib.contextmanager
def serve_gotom() -> Iterator[str]:
    sandbox = GoTom()
    gotom.demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield url


@contextlib.contextmanager
def serve_studio_openapi() -> Iterator[str]:
    sandbox = StudioOpenApi(version=NEWEST_KNOWN)
    studio_openapi.demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield url


@contextlib.contextmanager
def serve_apparena() -> Iterator[str]:
    sandbox = AppArena()
    apparena.demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield HOST.findall(url)[0]


def start_date() -> str:
    """Return a day of which statistics are read that are a request per day and more."""
    return (datetime.now(UTC).date() - timedelta(days=2)).isoformat()


TAPS: dict[str, tuple[type[Tap], Callable[[], AbstractContextManager[str]]]] = {
    "tap-goatcounter": (TapGoatCounter, serve_goatcounter),
    "tap-gotom": (TapGoTom, serve_gotom),
    "tap-studio-openapi": (TapStudioOpenApi, serve_studio_openapi),
    "tap-apparena": (TapAppArena, serve_apparena),
}


@pytest.mark.parametrize("tap", TAPS)
def test_every_row_leads_to_another_one_where_the_dictionary_says_so(tap: str) -> None:
    dictionary = dictionary_of(tap)
    records = read(tap, [name for name in dictionary.tables if name not in FOR_STORE_OWNERS])
    joins = dictionary.relations.joins

    assert {join: gone for join in joins if (gone := orphans(join, records))} == {}
    assert [join for join in joins if not joined(join, records)] == []


def read(tap: str, streams: Sequence[str]) -> Mapping[str, Sequence[Record]]:
    """Read streams of what the sandbox serves."""
    tap_class, serve = TAPS[tap]
    with serve() as url:
        settings = json.loads(HOST.sub(url, json.dumps(sandbox_settings(tap))))
        if tap == "tap-goatcounter":
            settings["start_date"] = start_date()
        run = run_tap(tap_class, settings, select=streams)
    assert run.exit_code == 0, run.error
    return run.records


def orphans(join: Join, records: Mapping[str, Sequence[Record]]) -> set[tuple[Any, ...]]:
    """Return what leads nowhere."""
    if not join.is_complete:
        return set()
    return values(join.source, records) - values(join.target, records)


def joined(join: Join, records: Mapping[str, Sequence[Record]]) -> set[tuple[Any, ...]]:
    """Return what leads to a row."""
    return values(join.source, records) & values(join.target, records)


def values(end: End, records: Mapping[str, Sequence[Record]]) -> set[tuple[Any, ...]]:
    """Return what stands in the columns of one side of a join, without empty ones."""
    found: set[tuple[Any, ...]] = set()
    for record in records.get(end.table, ()):
        *common, last = ([*values_at(record, column.split("."))] for column in end.columns)
        found.update((*(value for (value,) in common if common), item) for item in last)
    return {item for item in found if None not in item}


def values_at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield what stands at a path: one value, or those of a list's items."""
    if not path or value is None:
        yield value
        return
    name, *rest = path
    if name.endswith("[]"):
        for item in value.get(name.removesuffix("[]")) or ():
            yield from values_at(item, rest)
    else:
        yield from values_at(value.get(name), rest)
