"""How one process reads chains of many studios: time, STATE and memory grow no faster than they."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from typing_extensions import override

from tests.benchmarks import serving
from tests.benchmarks.bench import Bench, Contest
from tests.benchmarks.measure import measure
from tests.processes import build_command
from tests.sandbox.studio_openapi import Limit, StudioOpenApi, demonstration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.benchmarks.measure import Measurement

TAP = "tap-studio-openapi"
SIZES = (50, 200, 1000)
STATE_LINE = b'{"type":"STATE"'
OUT_OF_THE_WAY = 1_000_000
MEBIBYTE = 1 << 20
MAX_STATE = 20 * MEBIBYTE
MAX_TIMES_PER_STUDIO = 1.5
"""How much longer a studio may take in the longest chain than in the one before."""


@dataclass(frozen=True)
class Chain:
    """A run over a chain.

    Attributes:
        studios: How many it has.
        run: What the process took.
        states: The bytes of each STATE message.
    """

    studios: int
    run: Measurement
    states: Sequence[int]

    @property
    def seconds_per_studio(self) -> float:
        """Seconds of the run by studio."""
        return self.run.seconds / self.studios

    @override
    def __str__(self) -> str:
        """Return a sentence."""
        return (
            f"{self.studios:,} studios: {1000 * self.seconds_per_studio:.0f} ms per studio, "
            f"{len(self.states):,} STATE messages of {sum(self.states) / MEBIBYTE:.2f} MiB "
            f"together."
        )


def run(directory: Path) -> Bench:
    """Measure the streams that are on by default, of chains of three sizes."""
    chains = [_read(studios, directory) for studios in SIZES]
    first, last = chains[0], chains[-1]
    growth = (last.run.peak_memory - first.run.peak_memory) / (last.studios - first.studios)
    note = (
        f"From {first.studios:,} to {last.studios:,} studios, each takes {1024 * growth:.0f} KiB "
        f"of memory. Each has {demonstration.CUSTOMERS_IN_CHAIN} customers."
    )
    contests = [Contest(f"{chain.studios:,} studios", {TAP: chain.run}) for chain in chains]
    return Bench(tuple(contests), (*map(str, chains), note), tuple(_find_misses(chains)))


def make_chain(studios: int) -> StudioOpenApi:
    """Make a server with a chain; its answers come at once, and without limits."""
    server = StudioOpenApi(limit=Limit(OUT_OF_THE_WAY))
    demonstration.add_chain(server, studios)
    return server


def _read(studios: int, directory: Path) -> Chain:
    with serving.serve_apart(partial(make_chain, studios)) as server:
        keys = demonstration.chain_keys(studios)
        entries = [
            {"name": name, "base_url": server.url, "api_key": key} for name, key in keys.items()
        ]
        file = directory / f"chain-{studios}.json"
        file.write_text(json.dumps(entries), encoding="utf-8")
        config = {"connections_file": str(file), "requests_per_minute": OUT_OF_THE_WAY}
        output = directory / f"chain-{studios}.jsonl"
        run = measure(build_command(TAP, config, directory), output=output)
    with output.open("rb") as lines:
        states = [len(line) for line in lines if line.startswith(STATE_LINE)]
    return Chain(studios, run, states)


def _find_misses(chains: Sequence[Chain]) -> Iterator[str]:
    longest, before = chains[-1], chains[-2]
    if (size := sum(longest.states)) > MAX_STATE:
        yield (
            f"{longest.studios:,} studios wrote {size / MEBIBYTE:.1f} MiB of STATE, "
            f"more than {MAX_STATE / MEBIBYTE:.0f}."
        )
    times = longest.seconds_per_studio / before.seconds_per_studio
    if times > MAX_TIMES_PER_STUDIO:
        yield (
            f"A studio took {times:.1f} times as long among {longest.studios:,} as among "
            f"{before.studios:,}, more than {MAX_TIMES_PER_STUDIO}."
        )
