"""Serves a GoatCounter with a month of visitors, a goTom, three studios and an App-Arena."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from typing import TYPE_CHECKING

from tests.sandbox import apparena, goatcounter, gotom, studio_openapi
from tests.sandbox.apparena import AppArena
from tests.sandbox.goatcounter import DEFAULT_LIMITS, UNLIMITED, Generation, GoatCounter
from tests.sandbox.gotom import GoTom
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Iterator

GOATCOUNTER_PORT = 18181
GOTOM_PORT = 18182
STUDIO_OPENAPI_PORT = 18183
APPARENA_PORT = 18184


def main() -> None:
    """Reads the command line and serves until interrupted."""
    arguments = _parser().parse_args()
    with (
        _goatcounter(arguments) as about_goatcounter,
        _gotom(arguments) as about_gotom,
        _studio_openapi(arguments) as about_studios,
        _apparena(arguments) as about_apparena,
        contextlib.suppress(KeyboardInterrupt),
    ):
        about = f"{about_goatcounter}\n{about_gotom}\n{about_studios}\n{about_apparena}"
        sys.stdout.write(f"{about}\nStop with Ctrl-C.\n")
        sys.stdout.flush()
        threading.Event().wait()


@contextlib.contextmanager
def _goatcounter(arguments: argparse.Namespace) -> Iterator[str]:
    """Serves a GoatCounter, and tells how to reach it."""
    sandbox = GoatCounter(
        arguments.generation,
        limits=DEFAULT_LIMITS if arguments.limits else UNLIMITED,
        base_path=arguments.base_path,
    )
    goatcounter.demonstration.fill(sandbox)
    with sandbox.serve(arguments.port) as url:
        yield (
            f"GoatCounter {arguments.generation.value}: {url}\n"
            f"Token: {goatcounter.demonstration.TOKEN}\n"
        )


@contextlib.contextmanager
def _gotom(arguments: argparse.Namespace) -> Iterator[str]:
    """Serves a goTom, and tells how to reach it."""
    sandbox, shown = GoTom(), gotom.demonstration
    shown.fill(sandbox)
    with sandbox.serve(arguments.gotom_port) as url:
        yield (
            f"goTom: {url}\n"
            f"User of reports: {shown.GRAPH_USER}, secret: {shown.GRAPH_SECRET}\n"
            f"User of the rest: {shown.API_USER}, secret: {shown.API_SECRET}\n"
            f"Graph report: {shown.GRAPH_REPORT}, custom report: {shown.CUSTOM_REPORT}\n"
            f"Campaigns: {', '.join(shown.CAMPAIGNS)}\n"
        )


@contextlib.contextmanager
def _studio_openapi(arguments: argparse.Namespace) -> Iterator[str]:
    """Serves a tenant of the Open API of studios, and tells how to reach it."""
    sandbox, shown = (
        StudioOpenApi(version=arguments.studio_openapi_version),
        studio_openapi.demonstration,
    )
    shown.fill(sandbox)
    with sandbox.serve(arguments.studio_openapi_port) as url:
        keys = "".join(f"Key of {name}: {key}\n" for name, key in shown.STUDIOS.items())
        runs = ", ".join(str(run) for run in shown.DEBT_COLLECTION_RUNS)
        yield f"Studio Open API {sandbox.version}: {url}\n{keys}Debt collection runs: {runs}\n"


@contextlib.contextmanager
def _apparena(arguments: argparse.Namespace) -> Iterator[str]:
    """Serves an App-Arena, and tells how to reach it."""
    sandbox, shown = AppArena(), apparena.demonstration
    shown.fill(sandbox)
    with sandbox.serve(arguments.apparena_port) as url:
        yield (
            f"App-Arena: {url}\n"
            f"Key of an agency: {shown.KEY}, of the store's owner: {shown.STORE_KEY}\n"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=GOATCOUNTER_PORT, help="of GoatCounter; default: %(default)s"
    )
    parser.add_argument(
        "--gotom-port", type=int, default=GOTOM_PORT, help="of goTom; default: %(default)s"
    )
    parser.add_argument(
        "--studio-openapi-port",
        type=int,
        default=STUDIO_OPENAPI_PORT,
        help="of the studios; default: %(default)s",
    )
    parser.add_argument(
        "--studio-openapi-version",
        default=studio_openapi.NEWEST_DESCRIBED,
        help="of the studios' API, such as 1.6.0 or 1.20.1; default: %(default)s",
    )
    parser.add_argument(
        "--apparena-port",
        type=int,
        default=APPARENA_PORT,
        help="of App-Arena; default: %(default)s",
    )
    parser.add_argument(
        "--generation",
        type=Generation,
        default=Generation.V2_7,
        help="of GoatCounter: v2.7.0 (default) or main",
    )
    parser.add_argument(
        "--base-path", default="", help="prefix of all paths of GoatCounter, such as /stats"
    )
    parser.add_argument(
        "--limits",
        action="store_true",
        help="apply the rate limits of a real GoatCounter: four requests a second, "
        "an export an hour",
    )
    return parser


if __name__ == "__main__":
    main()
