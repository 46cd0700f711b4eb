"""Slices together bring what one run brings: records, state and exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from singer_tapkit.accounts import slice_of
from singer_tapkit.testing import read_messages, select_streams
from tests.processes import build_command
from tests.sandbox.studio_openapi import Limit, StudioOpenApi, demonstration
from tests.tap_studio_openapi.tenant import full_catalog, succeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


STUDIOS = 9
COUNT = 3
STREAMS = ("customers", "customer_checkins", "employees")
BALANCES = "customer_account_balances"
MINUTE = 1.0
CONCURRENCY = 2
IN_SHORT_MINUTES = f"""
import tap_studio_openapi.client
from tap_studio_openapi.tap import TapStudioOpenApi

tap_studio_openapi.client.SECONDS_PER_MINUTE = {MINUTE}
TapStudioOpenApi.cli()
"""


@dataclass(frozen=True)
class Chain:
    """A tenant with many studios.

    Attributes:
        server: A view behind the scenes.
        keys: The keys by the names of the connections.
        file: The file with the connections.
    """

    server: StudioOpenApi = field(repr=False)
    keys: Mapping[str, str]
    file: Path

    def slice(self, number: int | None = None, **more: Any) -> dict[str, Any]:
        """The settings of a slice, or of the whole."""
        part = {} if number is None else {"slice": f"{number}/{COUNT}"}
        return {"connections_file": str(self.file), "max_retries": 1, **part, **more}

    def studio_ids(self, number: int) -> set[int]:
        """The studios that are in a slice."""
        studios = zip(self.keys, self.server.studios, strict=True)
        return {studio.id for name, studio in studios if slice_of(name, COUNT) == number}


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    server = StudioOpenApi(version="1.12.1")
    keys = demonstration.add_chain(server, STUDIOS)
    with server.serve() as url:
        entries = [{"name": name, "base_url": url, "api_key": key} for name, key in keys.items()]
        file = tmp_path / "chain.json"
        file.write_text(json.dumps(entries), encoding="utf-8")
        yield Chain(server, keys, file)


def bookmarks_in(state: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """Return the bookmarks of the check-ins by studio."""
    partitions = state["bookmarks"]["customer_checkins"]["partitions"]
    return {partition["context"]["studio_id"]: partition for partition in partitions}


def test_slices_bring_the_records_and_the_state_of_one_run(chain: Chain) -> None:
    whole = succeed(chain.slice(), *STREAMS)
    slices = []
    for number in range(1, COUNT + 1):
        chain.server.requests.clear()
        slices.append(succeed(chain.slice(number), *STREAMS))
        used = {request.headers["x-api-key"] for request in chain.server.requests}
        assert used == {key for name, key in chain.keys.items() if slice_of(name, COUNT) == number}

    for stream in STREAMS:
        records = [record for run in slices for record in run.records[stream]]
        assert sorted(map(json.dumps, records)) == sorted(map(json.dumps, whole.records[stream]))
    for number, run in enumerate(slices, 1):
        assert bookmarks_in(run.state).keys() == chain.studio_ids(number)
    assert list(bookmarks_in(whole.state)) == [one.id for one in chain.server.studios]


def test_a_slice_keeps_the_bookmarks_of_the_others_untouched(chain: Chain) -> None:
    partitions = [
        {
            "context": {"studio_id": studio.id},
            "replication_key": "checkInDateTime",
            "replication_key_value": "2026-06-01T00:00:00+00:00",
        }
        for studio in chain.server.studios
    ]
    before = {"bookmarks": {"customer_checkins": {"partitions": partitions}}}

    after = succeed(chain.slice(2), *STREAMS, state=before)

    old, new = bookmarks_in(before), bookmarks_in(after.state)
    assert old.keys() == new.keys()
    assert {studio for studio in old if old[studio] != new[studio]} == chain.studio_ids(2)
    assert "WARNING" not in after.log


def test_a_slice_without_studios_writes_schemas_and_a_state(chain: Chain) -> None:
    taken = {slice_of(name, 100) for name in chain.keys}
    empty = next(number for number in range(1, 101) if number not in taken)

    run = succeed(chain.slice(slice=f"{empty}/100"), "employees")

    assert {message["type"] for message in run.output.messages} == {"SCHEMA", "STATE"}
    assert run.state == {"bookmarks": {"employees": {}}}
    line = f"Slice {empty}/100 has 0 of {STUDIOS} connections, so that there is nothing to read."
    assert run.log.count(line) == 1
    assert chain.server.requests == []


def read_at_once(chain: Chain, folder: Path, **more: Any) -> set[tuple[int, int]]:
    """Read all slices, each by a process of its own, and return the balances they bring."""
    streams = ["customers", BALANCES]
    catalog = select_streams(full_catalog(streams), streams)
    running = []
    for number in range(1, COUNT + 1):
        part = folder / str(number)
        part.mkdir()
        settings = chain.slice(
            number, max_concurrency=CONCURRENCY, customer_statuses=["MEMBER"], **more
        )
        _, *arguments = build_command("tap", settings, part, catalog=catalog)
        command = [sys.executable, "-c", IN_SHORT_MINUTES, *arguments]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
    outputs = [process.communicate(timeout=240)[0] for process in running]
    assert [process.returncode for process in running] == [0] * COUNT
    return {
        (record["studio_id"], record["customer_id"])
        for output in outputs
        for record in read_messages(output.splitlines()).records[BALANCES]
    }


@pytest.mark.long(seconds=10)
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "found out"])
def test_slices_at_once_share_the_limit_of_a_tenant(
    chain: Chain, tmp_path: Path, *, is_known: bool
) -> None:
    chain.server.limit = Limit(13, shared=True, retry_after=True, minute=MINUTE)
    read = read_at_once(chain, tmp_path, requests_per_minute=12, keys_share_limit=is_known)

    customers = {(one.id, number) for one in chain.server.studios for number in one.customers}
    assert read == customers
    denied = chain.server.limit.denied
    if is_known:
        assert denied == 0
    else:
        assert 0 < denied <= COUNT * COUNT * CONCURRENCY
