"""Dagster with its page, run as a user runs it, and asked by its GraphQL."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.processes import find_free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

TIME_LIMIT_SECONDS = 600
LAUNCH = """
mutation ($assets: [AssetKeyInput!]!, $slices: [String!]!) {
  launchPartitionBackfill(backfillParams: {assetSelection: $assets, partitionNames: $slices}) {
    __typename
    ... on PythonError { message }
  }
}
"""
RUNS = """
{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }
"""
PARTITIONS = """
{ assetNodes(group: {
    groupName: "tap_studio_openapi",
    repositoryName: "__repository__",
    repositoryLocationName: "orchestrator.definitions"
  }) {
    assetKey { path }
    assetPartitionStatuses {
      ... on DefaultPartitionStatuses { materializedPartitions failedPartitions }
    }
} }
"""
REASON = """
query ($run: ID!) { logsForRun(runId: $run) { ... on EventConnection { events {
  ... on ExecutionStepFailureEvent { failureMetadata { description } }
} } } }
"""


class Page:
    """The page of a running Dagster."""

    def __init__(self, port: int) -> None:
        """Name the port."""
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the answer to a query."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(  # noqa: S310
            f"{self.url}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            answer = json.load(response)
        assert "errors" not in answer, answer
        return answer["data"]

    def is_ready(self) -> bool:
        """Return whether it answers."""
        try:
            self.ask("{ version }")
        except (urllib.error.URLError, ConnectionError):
            return False
        return True

    def read_tables(self) -> dict[str, Mapping[str, list[str]]]:
        """Return which slices of each table are loaded, and which have failed."""
        return {
            node["assetKey"]["path"][-1]: node["assetPartitionStatuses"]
            for node in self.ask(PARTITIONS)["assetNodes"]
        }

    def load(self, slices: Sequence[str]) -> None:
        """Load all tables of some slices."""
        assets = [{"path": node["assetKey"]["path"]} for node in self.ask(PARTITIONS)["assetNodes"]]
        answer = self.ask(LAUNCH, assets=assets, slices=list(slices))["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer

    def read_reason(self, run_id: str) -> str:
        """Return why a run has failed."""
        return json.dumps(self.ask(REASON, run=run_id), ensure_ascii=False)

    def read_runs(self) -> list[tuple[str, str, str]]:
        """Return slice, status and id of each run, the last first."""
        return [
            (read_tag(run, "dagster/partition"), run["status"], run["runId"])
            for run in self.ask(RUNS)["runsOrError"]["results"]
        ]

    def read_statuses(self, slice_name: str) -> list[str]:
        """Return how the runs of a slice stand, the last first."""
        return [status for name, status, _ in self.read_runs() if name == slice_name]


def read_tag(run: Mapping[str, Any], key: str) -> str:
    """Return a tag of a run, or nothing."""
    return next((tag["value"] for tag in run["tags"] if tag["key"] == key), "")


@contextlib.contextmanager
def run_dagster() -> Iterator[Page]:
    """Run Dagster until the block is left."""
    port = find_free_port()
    page = Page(port)
    with run_process(sys.executable, "-m", "orchestrator.dev", "--port", str(port)):
        wait_until(page.is_ready, "the page answers")
        yield page


@contextlib.contextmanager
def run_process(*command: str) -> Iterator[None]:
    """Run a program until the block is left."""
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.terminate()


def wait_until(
    is_so: Callable[[], bool],
    what: str,
    tell: Callable[[], object] = lambda: "",
    limit: float = TIME_LIMIT_SECONDS,
) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + limit
    while not is_so():
        assert time.monotonic() < deadline, f"not in {limit} s: {what}; {tell()}"
        time.sleep(0.3)
