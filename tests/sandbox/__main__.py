"""Serves a GoatCounter with a month of invented visitors, until interrupted."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading

from tests.sandbox.goatcounter import (
    DEFAULT_LIMITS,
    UNLIMITED,
    Generation,
    GoatCounter,
    demonstration,
)

PORT = 18181


def main() -> None:
    """Reads the command line and serves."""
    arguments = _parser().parse_args()
    sandbox = GoatCounter(
        arguments.generation,
        limits=DEFAULT_LIMITS if arguments.limits else UNLIMITED,
        base_path=arguments.base_path,
    )
    demonstration.fill(sandbox)
    with sandbox.serve(arguments.port) as url, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(
            f"GoatCounter {arguments.generation.value}: {url}\n"
            f"Token: {demonstration.TOKEN}\n"
            "Stop with Ctrl-C.\n",
        )
        sys.stdout.flush()
        threading.Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="default: %(default)s")
    parser.add_argument(
        "--generation",
        type=Generation,
        default=Generation.V2_7,
        help="v2.7.0 (default) or main",
    )
    parser.add_argument("--base-path", default="", help="prefix of all paths, such as /stats")
    parser.add_argument(
        "--limits",
        action="store_true",
        help="apply the rate limits of a real server: four requests a second, an export an hour",
    )
    return parser


if __name__ == "__main__":
    main()
