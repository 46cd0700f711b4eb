"""How fast customers reach stdout, and what is asked for each of them, within the API's limit."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.bench import ONE_AT_A_TIME, SDK_DEFAULT, Bench
from tests.benchmarks.reading import Reading
from tests.sandbox.studio_openapi import Limit, StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.benchmarks.bench import Contest
    from tests.benchmarks.latency import Traffic
    from tests.sandbox.traffic import ReceivedRequest

TAP = "tap-studio-openapi"
CUSTOMERS = "customers"
PER_CUSTOMER = (
    "customer_checkins",
    "customer_account_balances",
    "customer_benefits",
    "customer_communication_preferences",
)
"""Streams of one request per customer, of which the endpoints count separately."""
STUDIOS = 3
MANY, CHAIN, FEW = 120_000, 2000, 30
MAX_CHECKINS_OF_ONE_CHUNK = 8
PER_MINUTE = 1000
ALLOWED_PER_MINUTE = len(PER_CUSTOMER) * STUDIOS * PER_MINUTE
OUT_OF_THE_WAY = 1_000_000
ENOUGH_AT_ONCE = 60
"""Requests under way that suffice to use the limits, with 150 ms for each of 12,000 per minute."""
MIN_SHARE = 0.9
MIN_RATIO_SDK = 2.5
MIN_RATIO_SINGLE = 6


def run(directory: Path) -> Bench:
    """Measure the list, what is asked for each customer, and how far that uses the limits."""
    build = partial(_build_reading, directory)
    customers = build(1, MANY, [CUSTOMERS]).compare_from_memory(f"{MANY:,} customers")
    reads = f"{len(PER_CUSTOMER)} streams of {STUDIOS * FEW} customers"
    children = build(STUDIOS, FEW, PER_CUSTOMER).compare_concurrency(reads)
    chain = build(STUDIOS, CHAIN, PER_CUSTOMER, PER_MINUTE).read_late(
        max_concurrency=ENOUGH_AT_ONCE
    )
    share = chain.share_of_limit(PER_MINUTE, _find_key_and_endpoint)
    note = (
        f"{TAP} reads {len(PER_CUSTOMER)} streams of {STUDIOS} x {CHAIN:,} customers in "
        f"{chain.measurement.seconds:.0f} seconds, {ENOUGH_AT_ONCE} requests at once, and uses "
        f"{share:.0%} of what the limits allow in the minutes that have begun: "
        f"{len(PER_CUSTOMER)} streams x {STUDIOS} keys x {PER_MINUTE} per minute = "
        f"{ALLOWED_PER_MINUTE:,}. {chain.refused} requests were refused."
    )
    misses = tuple(_find_misses(customers, children, chain, share))
    return Bench((customers, children), (note,), misses)


def _build_reading(
    directory: Path,
    studios: int,
    customers: int,
    streams: Sequence[str],
    per_minute: int = OUT_OF_THE_WAY,
) -> Reading:
    return Reading(
        TAP,
        partial(_make_tenant, studios, customers, per_minute),
        lambda url: {
            "connections": [
                {"name": f"Studio {number}", "base_url": url, "api_key": _make_key(number)}
                for number in range(studios)
            ],
            "requests_per_minute": per_minute,
        },
        directory,
        streams,
    )


def _make_tenant(studios: int, customers: int, per_minute: int) -> StudioOpenApi:
    """Make a server of which all customers are members."""
    server = StudioOpenApi(limit=Limit(per_minute))
    for number in range(studios):
        server.add_studio(
            _make_key(number),
            customers=customers,
            statuses=("MEMBER",),
            checkins_each=MAX_CHECKINS_OF_ONE_CHUNK,
        )
    return server


def _find_key_and_endpoint(request: ReceivedRequest) -> tuple[str, str]:
    """Return what the server has a counter for."""
    return request.headers["x-api-key"], re.sub(r"/\d+", "/{id}", request.path)


def _make_key(number: int) -> str:
    return f"benchmark-{number}"


def _find_misses(
    customers: Contest, children: Contest, chain: Traffic, share: float
) -> Iterator[str]:
    yield from customers.find_slowness(TAP, SDK_DEFAULT, MIN_RATIO_SDK)
    yield from children.find_slowness(TAP, ONE_AT_A_TIME, MIN_RATIO_SINGLE)
    if share < MIN_SHARE:
        yield f"{TAP} used {share:.0%} of the limits, less than {MIN_SHARE:.0%}."
    if chain.refused:
        yield f"{TAP} sent {chain.refused} requests too many."
