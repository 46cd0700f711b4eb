"""The tap in the README, run against a server on a socket."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import singer_tapkit
from singer_tapkit.fake_server import FakeResponse, FakeServer
from singer_tapkit.testing import run_tap

if TYPE_CHECKING:
    from collections.abc import Iterator

README = Path(singer_tapkit.__file__).parents[1] / "README.md"


@pytest.fixture
def tap_class(tmp_path: Path) -> Iterator[Any]:
    """The class of the tap in the README."""
    code = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert code
    path = tmp_path / "tap_tasks.py"
    path.write_text(code[1])
    spec = importlib.util.spec_from_file_location("tap_tasks", path)
    assert spec
    assert spec.loader
    module = sys.modules["tap_tasks"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.TapTasks
    del sys.modules["tap_tasks"]


def make_tasks(*numbers: int, next_page: int | None = None) -> FakeResponse:
    rows = [{"id": number, "title": f"Task {number}"} for number in numbers]
    return FakeResponse(json={"tasks": rows, "next_page": next_page})


def test_the_tap_reads_pages_and_goes_on_where_it_stopped(tap_class: Any) -> None:
    with FakeServer() as server:
        config = {"token": "sentinel", "base_url": server.url, "projects": ["a", "b", "c"]}
        server.respond("/projects/a/tasks", make_tasks(1, 2, next_page=2), make_tasks(3))
        server.respond("/projects/b/tasks", FakeResponse(status=404, json={"message": "gone"}))
        server.respond("/projects/c/tasks", make_tasks(7))

        first = run_tap(tap_class, config)

        assert first.exit_code == 0
        assert [(row["project"], row["id"]) for row in first.records["tasks"]] == [
            ("a", 1),
            ("a", 2),
            ("a", 3),
            ("c", 7),
        ]
        assert "1 skipped, projects that are gone" in first.log
        assert server.requests[0].headers["authorization"] == "Bearer sentinel"

        server.respond("/projects/a/tasks", make_tasks(4))
        server.respond("/projects/c/tasks", make_tasks())
        second = run_tap(tap_class, config, state=first.state)

        assert [row["id"] for row in second.records["tasks"]] == [4]
        assert server.received("/projects/a/tasks")[-1].query["since"] == ["3"]
        assert second.output.bookmark("tasks", project="a") == 4
        assert second.output.bookmark("tasks", project="c") == 7


def test_the_tap_obeys_all_its_settings(tap_class: Any) -> None:
    with FakeServer() as server:
        task = {"id": 1, "title": "Task 1", "owner": "x"}
        server.respond("/projects/a/tasks", FakeResponse(json={"tasks": [task], "next_page": None}))
        config = {"token": "sentinel", "base_url": f"{server.url}/", "projects": ["a"]}

        kept = run_tap(tap_class, {**config, "unknown_fields": "keep", "user_agent": "me"})
        refused = run_tap(tap_class, {**config, "base_url": "http://tasks.example"})

        assert kept.records["tasks"][0]["unknown_fields"] == {"owner": "x"}
        assert server.requests[0].headers["user-agent"] == "me"
        assert refused.exit_code == 1
        assert "'base_url' would send keys and data unencrypted" in refused.error


def test_a_project_that_fails_leaves_the_others_alone(tap_class: Any) -> None:
    with FakeServer() as server:
        config = {"token": "sentinel", "base_url": server.url, "projects": ["a", "b"]}
        page = FakeResponse(status=403, body=b"<html>sentinel</html>")
        server.respond("/projects/a/tasks", page)
        server.respond("/projects/b/tasks", make_tasks(7))

        failed = run_tap(tap_class, {**config, "max_retries": 0})

        assert failed.exit_code == 1
        assert [row["id"] for row in failed.records["tasks"]] == [7]
        assert "tasks of a: GET /projects/a/tasks answered 403: a page of HTML" in failed.error
        assert "sentinel" not in failed.error + failed.log
