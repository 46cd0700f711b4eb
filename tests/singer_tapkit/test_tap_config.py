"""The settings of a tap, and the files that it is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from singer_tapkit.fake_server import FakeResponse, FakeServer
from tests.singer_tapkit.small_tap import SmallTap
from tests.singer_tapkit.tap_runs import (
    KEY,
    invoke_tap,
    read_output,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.singer_tapkit.tap_runs import Invoke


@pytest.mark.parametrize("arguments", [(), ("--test",)], ids=["sync", "test"])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "REQUESTS_CA_BUNDLE names"),
        ({"faker_config": {"seed": 1}}, "Install the tap as tap-small[faker]"),
        ({"accounts": []}, "'accounts' must name at least one."),
    ],
)
def test_what_the_schema_cannot_check_is_one_sentence_before_anything_is_sent(
    invoke: Invoke,
    server: FakeServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
    words: str,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setattr("singer_tapkit.tap.find_spec", lambda _: None)
    if not settings:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))

    failed = invoke(*arguments, **settings)

    (error,) = [entry.getMessage() for entry in caplog.records if entry.levelname == "ERROR"]
    assert (failed.exit_code, failed.stdout, server.requests) == (1, "", [])
    assert words in error


@pytest.mark.parametrize("expression", ["nosuch(id)", "id +"])
def test_a_stream_map_that_cannot_be_evaluated_is_one_sentence(
    invoke: Invoke, caplog: pytest.LogCaptureFixture, expression: str
) -> None:
    maps = {"orders": {"x": expression}}

    failed = invoke(stream_maps=maps)

    assert failed.exit_code == 1
    assert expression in caplog.messages[-1]
    assert "Check the setting 'stream_maps'" in caplog.messages[-1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_key": "short"},
        {"api_key": [KEY]},
        {"api_key": {KEY: KEY}},
    ],
)
def test_settings_that_do_not_fit_are_reported_without_secrets(
    invoke: Invoke, caplog: pytest.LogCaptureFixture, wrong: dict[str, Any]
) -> None:
    failed = invoke(**wrong)

    log = failed.stderr + caplog.text
    assert failed.exit_code == 1
    assert "config['api_key']" in log
    assert "***" in log
    assert "sentinel" not in log
    assert "short'" not in log


def test_settings_need_not_fit_where_they_are_not_needed(server: FakeServer) -> None:
    tap = SmallTap(config={"api_key": [KEY], "accounts": []}, validate_config=False)

    assert tap.streams.keys() == {"orders", "customers", "notes"}
    assert server.requests == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", " must hold one JSON object"),
        ("[]", " must hold one JSON object"),
        (f'{{"{KEY}', "truncated"),
        (None, ": No such file or directory."),
    ],
)
def test_a_file_with_settings_that_is_none_is_reported_in_a_sentence(
    tmp_path: Path, content: str | None, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_text(content)

    failed = CliRunner().invoke(SmallTap.get_singer_command(), ["--config", str(path)])

    assert failed.exit_code == 1
    (message,) = caplog.messages[-1:]
    assert message.startswith(f"The config file {path}")
    assert words in message
    assert "sentinel" not in failed.stderr + caplog.text


def test_settings_come_from_several_files_and_the_environment(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "second.json"
    second.write_text(json.dumps({"accounts": ["b"]}))
    monkeypatch.setenv("TAP_SMALL_API_KEY", KEY)
    server.respond("/orders/b", FakeResponse(json=[{"id": 7}]))

    finished = invoke_tap(
        SmallTap,
        tmp_path,
        {"url": server.url, "accounts": ["a"]},
        *("--config", str(second), "--config", "ENV"),
    )

    assert finished.exit_code == 0
    output = read_output(finished)
    assert output.keys("orders") == [("b", 7)]


def test_settings_may_be_missing_altogether(caplog: pytest.LogCaptureFixture) -> None:
    assert CliRunner().invoke(SmallTap.get_singer_command(), []).exit_code == 1
    assert "'api_key' is a required property" in caplog.text


@pytest.mark.parametrize("option", ["--state", "--catalog"])
def test_a_state_or_catalog_that_is_none_ends_the_run_before_it_begins(
    invoke: Invoke,
    server: FakeServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    option: str,
) -> None:
    path = tmp_path / "given.json"
    path.write_text("")

    failed = invoke(option, str(path))

    assert failed.exit_code == 1
    assert f"file {path} must hold one JSON object" in caplog.text
    assert server.requests == []


@pytest.mark.parametrize("arguments", [(), ("--test",)], ids=["sync", "test"])
def test_a_typo_is_warned_of_with_the_nearest_name(
    invoke: Invoke,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    variable = "TAP_SMALL_ACOUNTS"
    monkeypatch.setenv(variable, "[]")
    monkeypatch.setenv("TAP_SMALL__SELECT", "[]")

    finished = invoke(*arguments, max_retrys=1)

    assert finished.exit_code == 0
    assert [entry.getMessage() for entry in caplog.records if entry.levelname == "WARNING"] == [
        "There is no setting 'max_retrys', did you mean 'max_retries'?",
        f"The environment variable {variable} is no setting, did you mean TAP_SMALL_ACCOUNTS?",
    ]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("MAX_RETRIES", "many", "integer"),
        ("ALLOW_HTTP", "perhaps", "boolean"),
        ("STREAM_MAPS", "{", "object, written as JSON"),
    ],
)
def test_a_variable_of_a_wrong_type_is_reported_in_a_sentence(
    invoke: Invoke,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    kind: str,
) -> None:
    monkeypatch.setenv(f"TAP_SMALL_{name}", value)

    failed = invoke("--config", "ENV")

    assert failed.exit_code == 1
    assert (
        caplog.messages[-1] == f"The environment variable TAP_SMALL_{name} must be of type {kind}."
    )
