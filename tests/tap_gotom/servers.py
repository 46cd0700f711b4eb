"""A sandbox's goTom, and the settings to read it."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_gotom.auth import HmacAuthenticator
from tap_gotom.client import GoTomClient
from tap_gotom.config import Credentials, CredentialSet
from tests.sandbox.faults import Answer
from tests.sandbox.gotom import GoTom, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.sandbox.faults import Effect, Fault
    from tests.sandbox.traffic import ReceivedRequest

GRAPH_SECRET = "graph-secret-sentinel"  # noqa: S105
API_SECRET = "api-secret-sentinel"  # noqa: S105


@dataclass(frozen=True)
class GoTomServer:
    """An instance that both pairs of credentials may read.

    Attributes:
        url: Where it is.
        sandbox: A view behind the scenes.
    """

    url: str
    sandbox: GoTom = field(repr=False)

    def configure_reports(self, *reports: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return the settings for reports alone."""
        credentials = {"graph_user": "graph_user", "graph_secret": GRAPH_SECRET}
        return {**self._configure(), **credentials, "reports": list(reports), **more}

    def configure_report(self, **fields: Any) -> dict[str, Any]:
        """Return the settings for one report."""
        return self.configure_reports(define_report(**fields))

    def configure_api(self, **more: Any) -> dict[str, Any]:
        """Return the settings for everything but reports."""
        return {**self._configure(), "api_user": "api_user", "api_secret": API_SECRET, **more}

    def configure_campaigns(self, *external_ids: str, **more: Any) -> dict[str, Any]:
        """Return the settings for campaigns, whose requests are not repeated."""
        return self.configure_api(
            campaign_external_ids=list(external_ids), **{"max_retries": 0, **more}
        )

    def configure_all(self, *reports: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return the settings for everything."""
        return {**self.configure_reports(*reports), **self.configure_api(), **more}

    def _configure(self) -> dict[str, Any]:
        return {"base_url": self.url, "request_timeout": 20, "max_retries": 1}

    def save(self, header: Sequence[str], *rows: Sequence[str], number: int = 46) -> None:
        """Save a report, or replace it."""
        self.sandbox.add_report(number, Report.of_rows(header, rows))

    def answer(self, path: str, answer: Effect) -> Fault:
        """Answer all requests for a path in another way than goTom."""
        return self.sandbox.faults.add("GET", path, answer, times=None)

    def received(self, path: str) -> list[ReceivedRequest]:
        """Return the requests for a path that the server has received so far."""
        return [request for request in self.sandbox.requests if request.path == path]


@contextmanager
def serve() -> Iterator[GoTomServer]:
    """Serve an instance until the block is left."""
    sandbox = GoTom()
    sandbox.add_user("graph_user", GRAPH_SECRET, ["reports"])
    sandbox.add_user("api_user", API_SECRET, ["api"])
    with sandbox.serve() as url:
        yield GoTomServer(url, sandbox)


def define_report(name: str = "sales", report_id: int = 46, **more: Any) -> dict[str, Any]:
    """Return a report in the settings."""
    return {"name": name, "report_id": report_id, **more}


def read_cells(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records of a report without the fields that the tap adds."""
    return [
        {name: value for name, value in record.items() if not name.startswith("_")}
        for record in records
    ]


def build_json(content: Any, status: int = 200) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, json.dumps(content), {"Content-Type": "application/json"})


def build_api_error(status: int, detail: str = "Not Found") -> Answer:
    """Return an error of goTom itself."""
    content = {"type": "https://errors.example", "title": "Error", "status": status}
    return build_json({**content, "detail": detail}, status)


INTERNAL_ERROR = build_json({"message": "Internal Server Error"}, 500)


def make_client(base_url: str, max_retries: int = 0) -> GoTomClient:
    """Return a client with both credentials, which by default does not try again."""
    credentials = {
        CredentialSet.GRAPH: Credentials("graph_user", GRAPH_SECRET),
        CredentialSet.API: Credentials("api_user", API_SECRET),
    }
    return GoTomClient(
        [base_url],
        logger=logging.getLogger("test"),
        auth=HmacAuthenticator(credentials),
        config={"request_timeout": 5, "max_retries": max_retries},
    )
