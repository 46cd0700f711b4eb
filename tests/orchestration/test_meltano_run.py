"""What is run for a slice, and what is read from its log."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from orchestrator.meltano_file import Pipeline
from orchestrator.meltano_run import Task, run_task
from tests.orchestration.conftest import fail, succeed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.orchestration.conftest import StandIn

PIPELINE = Pipeline("tap-x", "target-y", "tap_x", ("a", "b"), 8, "prod:tap-x-to-target-y")


def test_a_slice_has_a_state_of_its_own(meltano: StandIn, tmp_path: Path) -> None:
    task = Task(PIPELINE, "3/8", variables={"TAP_X_START_DATE": "2026-01-01"})

    run_task(tmp_path, task)

    ((arguments, variables),) = meltano.calls
    assert arguments[2:] == [
        "el",
        "--state-id=prod:tap-x-to-target-y:3-of-8",
        f"--run-id={task.run_id}",
        "tap-x",
        "target-y",
    ]
    assert variables == {"TAP_X_SLICE": "3/8", "TAP_X_START_DATE": "2026-01-01"}


def test_the_whole_has_the_state_of_meltano_run(meltano: StandIn, tmp_path: Path) -> None:
    run_task(tmp_path, Task(PIPELINE, streams=["b"], full_refresh=True))

    ((arguments, variables),) = meltano.calls
    assert "--state-id=prod:tap-x-to-target-y" in arguments
    assert arguments[-4:] == ["--full-refresh", "--select=b", "tap-x", "target-y"]
    assert not variables


def test_rows_and_seconds_are_counted(meltano: StandIn, tmp_path: Path) -> None:
    log = succeed(a=(2, 0.5), b=(7, 1.0))["log"] + succeed(a=(3, 0.25))["log"]
    counted_by_loader = [line.replace("extractor", "loader") for line in log]
    meltano.set_results({"status": 0, "log": [*log, *counted_by_loader, "no JSON at all"]})
    lines: list[str] = []

    result = run_task(tmp_path, Task(PIPELINE), lines.append)

    assert result.status == 0
    assert result.log.rows == {"a": 5, "b": 7}
    assert result.log.seconds == {"a": 0.75, "b": 1.0}
    assert lines == ["meltano: no JSON at all"]


@pytest.mark.parametrize(("code", "may_pass"), [(75, True), (1, False)])
def test_a_failure_has_the_words_and_the_status_of_the_tap(
    code: int, meltano: StandIn, tmp_path: Path, *, may_pass: bool
) -> None:
    meltano.set_results(fail(code, "Kiel: 503.", "Two parts failed.", "Kiel: 503."))

    result = run_task(tmp_path, Task(PIPELINE))

    assert result.status == 1
    assert result.log.exit_codes == {"extractor": code}
    assert result.reason == "Two parts failed.\nKiel: 503."
    assert result.may_pass is may_pass


def test_a_loader_without_a_structured_log_has_its_last_words(
    meltano: StandIn, tmp_path: Path
) -> None:
    log = [
        '{"event": "FATAL: no such database", "level": "info", "cmd_type": "loader"}',
        '{"event": "Loading failed", "level": "error", "name": "meltano", "code": 1}',
    ]
    meltano.set_results({"status": 1, "log": log})

    result = run_task(tmp_path, Task(PIPELINE))

    assert result.reason == "FATAL: no such database"
    assert not result.may_pass


def test_a_table_that_two_loaders_make_at_once_is_there_later(
    meltano: StandIn, tmp_path: Path
) -> None:
    refused = 'duplicate key value violates unique constraint \\"pg_type_typname_nsp_index\\"'
    log = [
        f'{{"event": "{refused}", "level": "error", "cmd_type": "loader"}}',
        '{"event": "Loading failed", "level": "error", "name": "meltano", "code": 1}',
    ]
    meltano.set_results({"status": 1, "log": log})

    assert run_task(tmp_path, Task(PIPELINE)).may_pass


def test_a_loader_is_believed_though_meltano_breaks_off(meltano: StandIn, tmp_path: Path) -> None:
    refused = '(psycopg.errors.DuplicateTable) relation \\"customers\\" already exists'
    log = [
        f'{{"event": "{refused}", "level": "error", "cmd_type": "loader"}}',
        '{"event": "Task exception was never retrieved", "level": "error"}',
    ]
    meltano.set_results({"status": 1, "log": log})

    result = run_task(tmp_path, Task(PIPELINE))

    assert result.may_pass
    assert "DuplicateTable" in result.reason


def test_a_state_that_is_held_may_be_free_later(meltano: StandIn, tmp_path: Path) -> None:
    held = (
        "Another 'prod:tap-x-to-target-y' pipeline is already running which started at "
        "2026-11-29 05:30:00. To ignore this check use the '--force' option."
    )
    meltano.set_results({"status": 1, "log": [f'{{"event": "{held}", "level": "error"}}']})

    result = run_task(tmp_path, Task(PIPELINE))

    assert result.reason == held
    assert result.may_pass


def test_the_files_of_the_run_are_removed(meltano: StandIn, tmp_path: Path) -> None:
    other = tmp_path / ".meltano/run/elt/state/other"
    other.mkdir(parents=True)

    run_task(tmp_path, Task(PIPELINE))

    assert meltano.calls
    assert list(other.parent.iterdir()) == [other]


def test_meltano_stops_with_the_process_that_runs_it(tmp_path: Path) -> None:
    program = tmp_path / "meltano"
    program.write_text(
        f"#!{sys.executable}\n"
        "import signal; from pathlib import Path\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
        "Path('started').touch()\n"
        "signal.sigwait({signal.SIGTERM})\n"
        "Path('stopped').touch()\n"
    )
    program.chmod(0o755)
    script = (
        "import orchestrator.meltano_run as r; from pathlib import Path;"
        "from orchestrator.meltano_file import Pipeline;"
        f"r.find_meltano = lambda: {str(program)!r};"
        "r.run_task(Path.cwd(), r.Task(Pipeline('tap-x', 'target-y', 'x', (), 1, 's')))"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path)
    _wait_for(tmp_path / "started")

    worker.send_signal(signal.SIGKILL)

    worker.wait()
    _wait_for(tmp_path / "stopped")


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} is missing"
        time.sleep(0.02)
