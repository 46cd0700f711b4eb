"""States that the version before the library wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from requests.adapters import HTTPAdapter

from tests.tap_apparena.servers import ids

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server

STATES = Path(__file__).with_name("states")
RECORDED_URL = "http://127.0.0.1:46755/api/v2"
"""Where the states were recorded, which their digests depend on."""


def load_state(name: str, url: str, ids: list[int]) -> dict[str, Any]:
    """Return a state that the version before the library wrote, for the apps of this server."""
    text = (STATES / f"{name}.json").read_text(encoding="utf-8")
    text = text.replace(RECORDED_URL, url.rstrip("/"))
    assert ids[-1] == 50040
    state: dict[str, Any] = json.loads(text)
    return state


def test_an_interrupted_run_of_version_0_1_goes_on_under_the_same_settings(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = server.fill(35)
    state = load_state("interrupted", RECORDED_URL, expected)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    state["bookmarks"]["apps"]["tap_apparena_resume"]["written_at"] = now
    send = HTTPAdapter.send

    def redirect(adapter: HTTPAdapter, request: Any, **options: Any) -> Any:
        request.url = request.url.replace(RECORDED_URL, server.url.rstrip("/"))
        return send(adapter, request, **options)

    monkeypatch.setattr(HTTPAdapter, "send", redirect)

    run = server.read("apps", page_size=2, state=state, api_url=f"{RECORDED_URL}/")

    assert server.pages("/apps") == [*range(1, 9), 18]
    assert ids(run) == expected[20:]
    assert run.state["bookmarks"]["apps"] == {}


@pytest.mark.parametrize(("name", "reports"), [("finished", 0), ("interrupted", 1)])
def test_a_state_of_version_0_1_that_says_nothing_or_holds_no_more_brings_all(
    server: Server, name: str, reports: int
) -> None:
    expected = server.fill(35)

    run = server.read("apps", page_size=2, state=load_state(name, server.url, expected))

    assert ids(run) == expected
    assert run.state["bookmarks"]["apps"] == {}
    assert run.log.count("the checkpoint of version 0.1") == reports


def test_new_ids_go_on_behind_a_bookmark_of_the_version_before_the_library(server: Server) -> None:
    expected = server.fill(35)
    state = load_state("new_ids", server.url, expected)
    new = server.add_app()

    run = server.read("apps", "projects", incremental_mode="new_ids", state=state)

    assert ids(run) == [new]
    assert run.records["projects"] == []
    assert run.output.bookmark("apps") == new
