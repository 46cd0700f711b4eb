"""What is read from ``meltano.yml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.meltano_file import MeltanoFileError, read_meltano_file

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.meltano_file import MeltanoFile

FILE = """
default_environment: dev
environments:
- name: dev
- name: prod
  config:
    plugins:
      extractors:
      - name: tap-x
        annotations: {orchestration: {slices: 4}}
plugins:
  extractors:
  - name: tap-x
    namespace: tap_x
    select: ["a.*", "a.secret", "!b.*", c.*]
    annotations: {orchestration: {slices: 2}, other: {anything: 1}}
  - name: tap-x-of-another
    inherit_from: tap-x
    load_schema: another
    select: ["*.*"]
    annotations: {orchestration: {streams: [d]}}
  loaders:
  - name: target-y
    annotations: {orchestration: {max_processes: 3}}
jobs:
- name: one
  tasks: [tap-x target-y, [tap-x-of-another, target-y]]
- name: with-a-mapper
  tasks: [tap-x hide target-y]
schedules:
- {name: nightly, interval: "@daily", job: one, env: {TAP_X_DAYS: 3}}
- {name: at-four, interval: 0 4 * * 1, job: one}
- {name: by-hand, interval: "@manual", job: one}
- {name: left-out, interval: "@daily", job: with-a-mapper}
"""


def _read(directory: Path, text: str, environment: str | None = None) -> MeltanoFile:
    (directory / "meltano.yml").write_text(text, encoding="utf-8")
    return read_meltano_file(directory, environment)


def test_pipelines(tmp_path: Path) -> None:
    (job,) = _read(tmp_path, FILE).jobs

    first, second = job.pipelines
    assert (first.extractor, first.loader, first.schema) == ("tap-x", "target-y", "tap_x")
    assert first.streams == ("a", "c")
    assert first.slice_names == ["1/2", "2/2"]
    assert first.state_id == "dev:tap-x-to-target-y"
    assert (second.schema, second.streams, second.slices) == ("another", ("d",), 2)


def test_an_environment_has_its_own_slices(tmp_path: Path) -> None:
    (job,) = _read(tmp_path, FILE, "prod").jobs

    assert [pipeline.slices for pipeline in job.pipelines] == [4, 4]
    assert job.pipelines[0].state_id == "prod:tap-x-to-target-y"


def test_schedules_that_are_due_by_themselves(tmp_path: Path) -> None:
    nightly, at_four = _read(tmp_path, FILE).schedules

    assert (nightly.name, nightly.cron, nightly.job) == ("nightly", "0 0 * * *", "one")
    assert nightly.variables == {"TAP_X_DAYS": "3"}
    assert at_four.cron == "0 4 * * 1"


def test_how_many_may_load_at_once(tmp_path: Path) -> None:
    assert _read(tmp_path, FILE).max_processes == {"target-y": 3}


def test_what_cannot_be_run_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _read(tmp_path, FILE)

    assert [record.getMessage() for record in caplog.records] == [
        (
            "The job with-a-mapper is left out: 'tap-x hide target-y' is not a tap and a loader, "
            "and that is all that is run here."
        ),
        "The schedule left-out is left out, as its job with-a-mapper is.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("slices: 2}", "slices: 0}", "tap-x: 0 slices cannot be run"),
        ("slices: 2}", "slices: many}", "Expected `int | null`"),
        ("slices: 2}", "slicse: 2}", "unknown field `slicse`"),
        ("streams: [d]", "slices: 2", "tap-x-of-another: `select` does not name the streams"),
        ("jobs:", "jobs: 7\nrest:", "meltano.yml cannot be read"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(MeltanoFileError, match=words):
        _read(tmp_path, FILE.replace(old, new))
