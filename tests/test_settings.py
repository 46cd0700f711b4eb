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


def run_tap(tap: str, folder: Path, config: object, *arguments: str, **variables: str) -> Run:
    """Run a tap whose server is not there."""
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    command = [find_program(tap), "--config", str(file), *arguments]
    finished = run_program(command, {**os.environ, **variables})
    assert "Traceback" not in finished.stderr
    assert "sentinel" not in finished.stderr
    return finished


def read_last_line(finished: Run) -> str:
    """Return the last line of a log."""
    return finished.stderr.splitlines()[-1]


if TYPE_CHECKING:
    Run = CompletedProcess[str]

taps = pytest.mark.parametrize("tap", CONFIGS)


@taps
def test_a_typo_is_warned_of_with_the_nearest_name_and_a_server_that_is_gone_has_its_own_status(
    tap: str, tmp_path: Path
) -> None:
    prefix = tap.replace("-", "_").upper()
    known = {f"{prefix}__SELECT": "[]", f"{prefix}_LOGLEVEL": "INFO"}
    known[f"{prefix}_BATCH_CONFIG_ENCODING_FORMAT"] = "jsonl"
    typo = f"{prefix}_REQUEST_TIMEOT"
    storage = {"root": tmp_path.as_uri()}
    batches = {"encoding": {"format": "jsonl"}, "storage": storage, "batch_size": 500}
    sdk = {"stream_maps": {}, "batch_config": batches}
    config = {**CONFIGS[tap], **sdk, "max_retries": 0, "useragent": "x"}

    finished = run_tap(tap, tmp_path, config, **known, **{typo: "1"})

    lines = finished.stderr.splitlines()
    warnings = [line.rpartition("| ")[2] for line in lines if "| WARNING" in line]
    assert [warning for warning in warnings if "setting" in warning] == [
        "There is no setting 'useragent', did you mean 'user_agent'?",
        f"The environment variable {typo} is no setting, did you mean {typo[:-1]}UT?",
    ]
    assert finished.returncode == 75
    assert "| ERROR" in lines[-1]
    assert "no response" in lines[-1]
    assert "complete." not in finished.stderr
    assert '"status":"succeeded"' not in finished.stderr


@pytest.mark.parametrize("tap", LISTS)
def test_a_typo_at_depth_is_told_with_its_place_and_the_nearest_name(
    tap: str, tmp_path: Path
) -> None:
    name = LISTS[tap]
    entry = CONFIGS[tap][name][0]
    nearest = max(entry, key=len)
    config = {**CONFIGS[tap], "max_retries": 0, name: [{**entry, f"{nearest}s": 1}]}

    finished = run_tap(tap, tmp_path, config)

    sentence = f"There is no setting '{nearest}s' in '{name}[0]', did you mean {nearest!r}?"
    assert finished.stderr.count(sentence) == 1


@taps
def test_a_wrong_type_is_named_with_its_setting(tap: str, tmp_path: Path) -> None:
    finished = run_tap(tap, tmp_path, CONFIGS[tap] | {"max_retries": "many"})

    assert finished.returncode == 1
    assert "config['max_retries']" in read_last_line(finished)


@taps
@pytest.mark.parametrize(
    ("kind", "content"), [("config", ""), ("catalog", "[]"), ("state", "\x00")]
)
def test_a_file_that_cannot_be_used_is_named(
    tap: str, tmp_path: Path, kind: str, content: str
) -> None:
    file = tmp_path / f"{kind}-damaged.json"
    file.write_text(content)

    finished = run_tap(tap, tmp_path, CONFIGS[tap], f"--{kind}", str(file))

    assert finished.returncode == 1
    assert file.name in read_last_line(finished)
