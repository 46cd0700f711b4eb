"""Rows come and go while they are read, runs are interrupted, and no row is lost.

The tap runs within the test, many times over: a history of changes, interruptions and quirks is
drawn, and what was emitted in all runs together must hold every row that was there throughout.
"""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from singer_tapkit.failures import SyncFailedError
from tap_apparena.streams import lists
from tap_apparena.tap import TapAppArena
from tests.sandbox.apparena import AppArena, Quirks
from tests.tap_apparena.servers import KEY, Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COUNTERS = frozenset({"total_items", "page_size", "page_count", "page_number"})
NEVER = 10**9
ADD = -1


class Interruption(BaseException):
    """The process ends, as if it was killed."""


class Pipe(io.RawIOBase):
    """What the tap writes to, until it is interrupted."""

    def __init__(self, limit: int) -> None:
        """Take so many bytes."""
        self.text = bytearray()
        self._limit = limit

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, content: Any) -> int:
        taken = bytes(content)[: self._limit - len(self.text)]
        self.text += taken
        if len(taken) < len(content):
            raise Interruption
        return len(taken)


@dataclass(frozen=True)
class History:
    """What happens before and during a run; a change is the number of a row to delete, or `ADD`.

    Attributes:
        before: The changes before it.
        changes: The changes before each page that is asked for.
        limit: After how many bytes the run is interrupted.
    """

    before: list[int] = field(default_factory=list)
    changes: list[list[int]] = field(default_factory=list)
    limit: int = NEVER


class World:
    """A server whose apps change while they are read.

    Attributes:
        throughout: The apps that were there before the last run, and never away during it.
        is_finished: Whether that run came to its end.
    """

    def __init__(self, server: Server) -> None:
        """Take over a server."""
        self.server = server
        self._data = server.sandbox.data
        self._template = next(iter(self._data.templates))
        self.throughout: set[int] = set()
        self.is_finished = False

    def begin(self, number_of_apps: int, quirks: Mapping[str, Any]) -> None:
        """Start anew with so many apps."""
        for quirk in fields(Quirks):
            value = quirks.get(quirk.name, getattr(Quirks(), quirk.name))
            setattr(self.server.sandbox.quirks, quirk.name, value)
        self._data.apps.clear()
        for _ in range(number_of_apps):
            self._data.add_app(self._template)

    @property
    def apps(self) -> set[int]:
        """The ids of the apps that are there."""
        return set(self._data.apps)

    def run(
        self, history: History, state: dict[str, Any] | None, **more: Any
    ) -> tuple[list[int], dict[str, Any] | None]:
        """Read the apps once, while what the history says happens.

        Returns:
            The ids that were emitted, and the last state.
        """
        self._change(history.before)
        self.throughout = self.apps
        self.is_finished = False
        changes = iter(history.changes)
        self.server.sandbox.quirks.before_page = lambda *_: self._change(next(changes, []))
        tap = TapAppArena(config=self.server.settings(**more), state=state)
        for name, stream in tap.streams.items():
            stream.selected = name == "apps"
        pipe = Pipe(history.limit)
        with (
            contextlib.suppress(Interruption, SyncFailedError),
            contextlib.redirect_stdout(io.TextIOWrapper(io.BufferedWriter(pipe, 1))),
        ):
            tap.run()
            self.is_finished = True
        self.server.sandbox.quirks.before_page = None
        *lines, _ = bytes(pipe.text).split(b"\n")
        messages = [json.loads(line) for line in lines]
        states = [message["value"] for message in messages if message["type"] == "STATE"]
        ids = [message["record"]["appId"] for message in messages if message["type"] == "RECORD"]
        return ids, states[-1] if states else state

    def _change(self, changes: list[int]) -> None:
        for change in changes:
            if change == ADD:
                self._data.add_app(self._template)
            elif self._data.apps:
                gone = sorted(self._data.apps)[change % len(self._data.apps)]
                del self._data.apps[gone]
                self.throughout.discard(gone)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    server = AppArena()
    server.add_key(KEY)
    with server.serve() as url:
        yield World(Server(url, server))


QUIRKS = st.fixed_dictionaries(
    {},
    optional={
        "order_style": st.sampled_from(["orderasc", "orderBy", "none"]),
        "shuffle": st.integers(0, 3),
        "reshuffle": st.booleans(),
        "filters": st.sampled_from(["obeyed", "ignored", "refused"]),
        "beyond": st.sampled_from(["empty", "last", "error"]),
        "largest_page": st.integers(1, 4),
        "ids_as_text": st.booleans(),
        "empty_as_list": st.booleans(),
        "lists": st.sampled_from(["documented", "map", "array"]),
        "missing_counters": st.sampled_from([frozenset(), COUNTERS]),
    },
)
SOME = st.lists(st.sampled_from([ADD, ADD, 0, 1, 2, 5]), max_size=4)
CHANGES = st.lists(st.one_of(st.just([]), st.just([]), SOME), max_size=20)
HISTORIES = st.lists(
    st.builds(History, SOME, CHANGES, st.one_of(st.just(NEVER), st.integers(2000, 9000))),
    max_size=4,
)
ORDINARY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Scene:
    """What is read, and how."""

    number_of_apps: int
    settings: dict[str, Any]
    quirks: dict[str, Any]
    histories: list[History]

    @property
    def is_beyond_telling(self) -> bool:
        """Whether rows come in another order in every answer, and none says how many there are."""
        return bool(self.quirks.get("reshuffle") and self.quirks.get("missing_counters"))

    @property
    def is_ordered(self) -> bool:
        """Whether the server obeys an order, and counts rows."""
        obeys = self.quirks.get("order_style") != "none"
        return obeys and not self.quirks.get("missing_counters")


SETTINGS = st.fixed_dictionaries(
    {
        "page_size": st.integers(1, 5),
        "incremental_mode": st.sampled_from(["full", "new_ids"]),
    }
)


@pytest.fixture
def _many_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGES_PER_CHECKPOINT", 2)


@pytest.mark.long(seconds=10)
@pytest.mark.usefixtures("_many_checkpoints")
@ORDINARY
@given(scene=st.builds(Scene, st.integers(0, 14), SETTINGS, QUIRKS, HISTORIES))
def test_no_row_is_lost_whatever_happens_between_pages_and_runs(world: World, scene: Scene) -> None:
    world.begin(scene.number_of_apps, scene.quirks)
    emitted: set[int] = set()
    state: dict[str, Any] | None = None
    for history in [*scene.histories, History()]:
        ids, state = world.run(history, state, **scene.settings)
        assert len(ids) == len(set(ids))
        emitted |= set(ids)
        if world.is_finished and scene.is_ordered:
            assert world.throughout <= emitted
    if not scene.quirks.get("reshuffle"):
        assert world.is_finished
    if world.is_finished and not scene.is_beyond_telling:
        assert world.apps <= emitted
