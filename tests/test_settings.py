"""What every tap says of settings and files that cannot be meant, by its command line."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import find_program, run_program

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

DEAD = "http://127.0.0.1:1"
CONFIGS: dict[str, dict[str, Any]] = {
    "tap-goatcounter": {"sites": [{"site_url": DEAD, "token": "sentinel-token"}]},
    "tap-gotom": {
        "base_url": DEAD,
        "graph_user": "user",
        "graph_secret": "sentinel-secret",
        "reports": [{"name": "turnover", "report_id": 46, "columns": {"A": "string"}}],
    },
    "tap-studio-openapi": {
        "connections": [{"name": "a", "base_url": DEAD, "api_key": "sentinel-key"}]
    },
    "tap-apparena": {"api_url": DEAD, "api_key": "sentinel-key"},
}
LISTS = {"tap-goatcounter": "sites", "tap-gotom": "reports", "tap-studio-openapi": "connections"}
FAST = {"max_retries": 0}


def run(tap: str, folder: Path, config: object, *arguments: str, **variables: str) -> Run:
    """Run a tap whose server is not there."""
    file = folder / "config.json"
    file.write_text(config if isinstance(config, str) else json.dumps(config))
    command = [find_program(tap), "--config", str(file), *arguments]
    return run_program(command, {**os.environ, **variables})


def warnings(finished: Run) -> list[str]:
    """Return what a run has warned of settings."""
    return [
        line.rpartition("| ")[2]
        for line in finished.stderr.splitlines()
        if "| WARNING" in line and "setting" in line
    ]


def last_line(finished: Run) -> str:
    """Return the last line of a run, which must have failed without a traceback."""
    assert finished.returncode not in {0, None}
    assert "Traceback" not in finished.stderr
    assert "sentinel" not in finished.stderr
    return finished.stderr.splitlines()[-1]


if TYPE_CHECKING:
    Run = CompletedProcess[str]

taps = pytest.mark.parametrize("tap", CONFIGS)


@taps
def test_known_settings_and_variables_are_not_warned_of(tap: str, tmp_path: Path) -> None:
    prefix = tap.replace("-", "_").upper()
    variables = {f"{prefix}__SELECT": "[]", f"{prefix}_LOGLEVEL": "INFO"}
    variables[f"{prefix}_BATCH_CONFIG_ENCODING_FORMAT"] = "jsonl"
    storage = {"root": tmp_path.as_uri()}
    batches = {"encoding": {"format": "jsonl"}, "storage": storage, "batch_size": 500}
    config = CONFIGS[tap] | FAST | {"stream_maps": {}, "batch_config": batches}

    assert warnings(run(tap, tmp_path, config, **variables)) == []


@taps
def test_a_typo_is_warned_of_once_with_the_nearest_name(tap: str, tmp_path: Path) -> None:
    variable = f"{tap.replace('-', '_').upper()}_REQUEST_TIMEOT"
    finished = run(tap, tmp_path, CONFIGS[tap] | FAST | {"useragent": "x"}, **{variable: "1"})

    assert warnings(finished) == [
        "There is no setting 'useragent', did you mean 'user_agent'?",
        f"The environment variable {variable} is no setting, did you mean {variable[:-1]}UT?",
    ]


@pytest.mark.parametrize("tap", LISTS)
def test_a_typo_at_depth_is_told_with_its_place_and_the_nearest_name(
    tap: str, tmp_path: Path
) -> None:
    name = LISTS[tap]
    entry = CONFIGS[tap][name][0]
    nearest = max(entry, key=len)
    config = CONFIGS[tap] | FAST | {name: [{**entry, f"{nearest}s": 1}]}

    finished = run(tap, tmp_path, config)

    sentence = f"There is no setting '{nearest}s' in '{name}[0]', did you mean {nearest!r}?"
    assert finished.stderr.count(sentence) == 1
    assert "Traceback" not in finished.stderr


@taps
def test_a_wrong_type_is_told_by_the_name_of_the_setting(tap: str, tmp_path: Path) -> None:
    finished = run(tap, tmp_path, CONFIGS[tap] | {"max_retries": "many"})

    assert finished.returncode == 1
    assert "config['max_retries']" in last_line(finished)


@taps
@pytest.mark.parametrize("content", ["", "[]", "{", "\x00"])
@pytest.mark.parametrize("kind", ["config", "catalog", "state"])
def test_a_file_that_cannot_be_used_is_told_by_its_name(
    tap: str, tmp_path: Path, kind: str, content: str
) -> None:
    file = tmp_path / f"{kind}-damaged.json"
    file.write_text(content)

    finished = run(tap, tmp_path, CONFIGS[tap] | FAST, f"--{kind}", str(file))

    assert finished.returncode == 1
    assert file.name in last_line(finished)


@taps
def test_a_server_that_is_not_there_ends_the_run_with_a_status_of_its_own(
    tap: str, tmp_path: Path
) -> None:
    finished = run(tap, tmp_path, CONFIGS[tap] | FAST)

    assert finished.returncode == 75
    assert "| ERROR" in last_line(finished)
    assert "no answer" in last_line(finished)
    assert "complete." not in finished.stderr
    assert '"status":"succeeded"' not in finished.stderr
