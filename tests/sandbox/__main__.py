"""Serve a GoatCounter with a month of visitors, a goTom, three studios and an App-Arena."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.sandbox import apparena, goatcounter, gotom, studio_openapi
from tests.sandbox.apparena import AppArena
from tests.sandbox.goatcounter import DEFAULT_LIMITS, UNLIMITED, Generation, GoatCounter
from tests.sandbox.gotom import GoTom
from tests.sandbox.studio_openapi import StudioOpenApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

GOATCOUNTER_PORT = 18181
GOTOM_PORT = 18182
STUDIO_OPENAPI_PORT = 18183
APPARENA_PORT = 18184
MAX_PORT = 65535


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes:
        about: How to reach it, in lines.
        variables: The environment variables for its tap.
    """

    about: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Service:
    """A server that can be run.

    Attributes:
        name: What it serves.
        option: The option of the command line that takes its port.
        variable: The environment variable that does.
        port: Its port, unless another is chosen.
        serve: Serves until the block is left, by the options and on a port.
    """

    name: str
    option: str
    variable: str
    port: int
    serve: Callable[[argparse.Namespace, int], AbstractContextManager[Served]]


def main() -> None:
    """Read the command line and serve until interrupted."""
    arguments = build_parser().parse_args()
    with contextlib.ExitStack() as running, contextlib.suppress(KeyboardInterrupt):
        served = {service: _start(service, arguments, running) for service in SERVICES}
        sys.stdout.write("\n".join(one.about for one in served.values()))
        sys.stdout.write(_describe_variables(arguments, served))
        sys.stdout.write("\nStop with Ctrl-C.\n")
        sys.stdout.flush()
        threading.Event().wait()


def _start(
    service: Service, arguments: argparse.Namespace, running: contextlib.ExitStack
) -> Served:
    """Start a server, or end with a line that says why it cannot listen."""
    port = vars(arguments)[service.variable]
    try:
        return running.enter_context(service.serve(arguments, port))
    except OSError as error:
        sys.exit(
            f"{service.name} cannot be served on port {port}: {error.strerror}. "
            f"Choose another port by {service.option} or {service.variable}; 0 takes a free one."
        )


def _describe_variables(arguments: argparse.Namespace, served: Mapping[Service, Served]) -> str:
    """Return how taps find servers that are not where ``meltano.yml`` has them."""
    variables = {
        name: value
        for service, one in served.items()
        if vars(arguments)[service.variable] != service.port
        for name, value in one.variables.items()
    }
    if not variables:
        return ""
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    return "\nFor Meltano, whose environment sandbox has the usual ports:\n" + "".join(lines)


@contextlib.contextmanager
def _serve_goatcounter(arguments: argparse.Namespace, port: int) -> Iterator[Served]:
    """Serve a GoatCounter."""
    limits = DEFAULT_LIMITS if arguments.limits else UNLIMITED
    sandbox = GoatCounter(arguments.generation, limits=limits)
    goatcounter.demonstration.fill(sandbox)
    with sandbox.serve(port) as url:
        yield Served(
            f"GoatCounter {arguments.generation.value}: {url}\n"
            f"Token: {goatcounter.demonstration.TOKEN}\n",
            {"TAP_GOATCOUNTER_SITE_URL": url},
        )


@contextlib.contextmanager
def _serve_gotom(_: argparse.Namespace, port: int) -> Iterator[Served]:
    """Serve a goTom."""
    sandbox, shown = GoTom(), gotom.demonstration
    shown.fill(sandbox)
    with sandbox.serve(port) as url:
        yield Served(
            f"goTom: {url}\n"
            f"User of reports: {shown.GRAPH_USER}, secret: {shown.GRAPH_SECRET}\n"
            f"User of the rest: {shown.API_USER}, secret: {shown.API_SECRET}\n"
            f"Graph report: {shown.GRAPH_REPORT}, custom report: {shown.CUSTOM_REPORT}\n"
            f"Campaigns: {', '.join(shown.CAMPAIGNS)}\n",
            {"TAP_GOTOM_BASE_URL": url},
        )


@contextlib.contextmanager
def serve_studios(arguments: argparse.Namespace, port: int) -> Iterator[Served]:
    """Serve a tenant of the Open API of studios."""
    sandbox, shown = StudioOpenApi(), studio_openapi.demonstration
    shown.fill(sandbox)
    chain = shown.add_chain(sandbox, arguments.chain)
    with sandbox.serve(port) as url:
        keys = "".join(f"Key of {name}: {key}\n" for name, key in shown.STUDIOS.items())
        runs = ", ".join(str(run) for run in shown.DEBT_COLLECTION_RUNS)
        about = f"Studio Open API {sandbox.version}: {url}\n{keys}Debt collection runs: {runs}\n"
        if chain:
            file: Path = arguments.chain_file
            file.write_text(_format_connections(url, chain), encoding="utf-8")
            about += f"A chain of {len(chain):,} studios: 'connections_file' is {file}\n"
        connections = _format_connections(url, shown.STUDIOS)
        yield Served(about, {"TAP_STUDIO_OPENAPI_CONNECTIONS": connections})


def _format_connections(url: str, keys: Mapping[str, str]) -> str:
    """Return the connections of studios as JSON, by their keys."""
    entries = [{"name": name, "base_url": url, "api_key": key} for name, key in keys.items()]
    return json.dumps(entries, ensure_ascii=False)


@contextlib.contextmanager
def _serve_apparena(_: argparse.Namespace, port: int) -> Iterator[Served]:
    """Serve an App-Arena."""
    sandbox, shown = AppArena(), apparena.demonstration
    shown.fill(sandbox)
    with sandbox.serve(port) as url:
        yield Served(
            f"App-Arena: {url}\n"
            f"Key of an agency: {shown.KEY}, of the store's owner: {shown.STORE_KEY}\n",
            {"TAP_APPARENA_API_URL": url},
        )


SERVICES = (
    Service(
        "GoatCounter", "--port", "SANDBOX_GOATCOUNTER_PORT", GOATCOUNTER_PORT, _serve_goatcounter
    ),
    Service("goTom", "--gotom-port", "SANDBOX_GOTOM_PORT", GOTOM_PORT, _serve_gotom),
    Service(
        "The studios' Open API",
        "--studio-openapi-port",
        "SANDBOX_STUDIO_OPENAPI_PORT",
        STUDIO_OPENAPI_PORT,
        serve_studios,
    ),
    Service(
        "App-Arena", "--apparena-port", "SANDBOX_APPARENA_PORT", APPARENA_PORT, _serve_apparena
    ),
)


def _parse_port(text: str) -> int:
    """Read a port, or raise an error in words for the command line."""
    if text.isdecimal() and int(text) <= MAX_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port, from 0 to {MAX_PORT}")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    for service in SERVICES:
        found.add_argument(
            service.option,
            dest=service.variable,
            metavar="PORT",
            type=_parse_port,
            default=os.environ.get(service.variable, str(service.port)),
            help=f"port of {service.name}; {service.variable} or {service.port} by default",
        )
    found.add_argument(
        "--chain",
        type=int,
        default=os.environ.get("SANDBOX_CHAIN", "0"),
        metavar="N",
        help="serve a chain of so many studios with few customers besides; SANDBOX_CHAIN or none "
        "by default",
    )
    found.add_argument(
        "--chain-file",
        type=Path,
        default=os.environ.get("SANDBOX_CHAIN_FILE", "output/chain.json"),
        metavar="FILE",
        help="where the connections of the chain are written, for the setting connections_file; "
        "SANDBOX_CHAIN_FILE or output/chain.json by default",
    )
    found.add_argument(
        "--generation",
        type=Generation,
        default=Generation.V2_7,
        help="of GoatCounter: v2.7.0 (default) or main",
    )
    found.add_argument(
        "--limits",
        action="store_true",
        help="apply the rate limits of a real GoatCounter: four requests a second, "
        "an export an hour",
    )
    return found


if __name__ == "__main__":
    main()
