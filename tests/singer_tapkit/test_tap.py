"""The tap that all others derive from, in process and by its command line."""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
import time
from array import array
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

from singer_tapkit.errors import NoResponseError
from singer_tapkit.fake_server import Answer, FakeServer
from singer_tapkit.testing import read_messages
from tests.platforms import on_linux, on_posix
from tests.singer_tapkit.small_tap import Orders, SmallTap

if sys.platform != "win32":
    import fcntl
    import termios

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from click.testing import Result

    from singer_tapkit.stream import BaseStream

KEY = "sentinel-key"
SLOW = Answer(json=[], delay=30)
PATIENCE_SECONDS = 25
"""Less than the answer above takes."""

FULL_PIPE_BYTES = 60_000
"""Of a pipe that holds 65,536 bytes, as writes may leave the end of it unused."""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        running.respond("/customers", Answer(json=[{"id": 1}]))
        running.respond("/customers/1/notes", Answer(json=[]))
        running.respond("/orders", Answer(json=[]))
        running.respond("/orders/a", Answer(json=[{"id": 1}, {"id": 2}]))
        yield running


@pytest.fixture(autouse=True)
def _kept_handlers() -> Iterator[None]:
    """Put back the handlers of signals and the settings of the log."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    hook = sys.excepthook
    yield
    sys.excepthook = hook
    logging.captureWarnings(capture=False)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def settings(server: FakeServer, **more: Any) -> dict[str, Any]:
    """Return settings for a server."""
    return {"api_key": KEY, "url": server.url, **more}


def config_file(folder: Path, config: Any) -> str:
    """Write settings to a file, and return its name."""
    path = folder / "config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return str(path)


def invoke(tap: type[SmallTap], folder: Path, config: Any, *arguments: str) -> Result:
    """Run a tap's command line in this process."""
    command = tap.get_singer_command()
    return CliRunner().invoke(command, ["--config", config_file(folder, config), *arguments])


@contextmanager
def process(folder: Path, config: Any, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the small tap as a process of its own."""
    command = [sys.executable, "-m", "tests.singer_tapkit.small_tap"]
    with subprocess.Popen(
        [*command, "--config", config_file(folder, config), *arguments],
        bufsize=0,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_until_full(pipe: IO[bytes]) -> None:
    """Wait until a pipe takes no more of what is written into it."""
    waiting = array("i", [0])
    while waiting[0] < FULL_PIPE_BYTES:
        time.sleep(0.01)
        fcntl.ioctl(pipe, termios.FIONREAD, waiting)


@pytest.mark.parametrize("arguments", [(), ("--test",)], ids=["sync", "test"])
def test_certificates_that_are_not_there_are_one_sentence_before_anything_is_read(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))

    with process(tmp_path, settings(server), *arguments) as running:
        stdout, stderr = running.communicate(timeout=30)

    errors = [line for line in stderr.decode().splitlines() if "ERROR" in line]
    assert (running.returncode, stdout, len(errors)) == (1, b"", 1)
    assert "REQUESTS_CA_BUNDLE names" in errors[0]
    assert not server.requests


def test_a_setting_for_a_package_that_is_missing_is_refused(
    server: FakeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("singer_tapkit.tap.find_spec", lambda _: None)

    result = invoke(SmallTap, tmp_path, settings(server, faker_config={"seed": 1}))

    assert result.exit_code == 1
    assert "Install the tap as tap-small[faker]" in caplog.text
    assert not server.requests


@pytest.mark.parametrize("expression", ["nosuch(id)", "id +"])
def test_a_stream_map_that_cannot_be_evaluated_is_one_sentence(
    server: FakeServer, tmp_path: Path, expression: str
) -> None:
    maps = {"orders": {"x": expression}}

    with process(tmp_path, settings(server, stream_maps=maps)) as running:
        _, stderr = running.communicate(timeout=30)

    assert running.returncode == 1
    assert b"Traceback" not in stderr
    last = stderr.decode().splitlines()[-1]
    assert expression in last
    assert "Check the setting 'stream_maps'" in last


def test_a_run_writes_valid_messages_and_ends_with_zero(server: FakeServer, tmp_path: Path) -> None:
    with process(tmp_path, settings(server)) as running:
        stdout, stderr = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 0, stderr
    output = read_messages(stdout.splitlines())
    assert output.keys("orders") == [("a", 1), ("a", 2)]
    assert output.bookmark("orders", account="a") == 2


def test_failures_are_summed_up_and_the_status_is_not_zero(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.respond("/orders/b", Answer(status=403, json={"message": f"no scope for {KEY}"}))

    failed = invoke(SmallTap, tmp_path, settings(server, accounts=["a", "b"]))

    assert failed.exit_code == 1
    assert caplog.messages[-1] == "orders of b: GET /orders/b answered 403: no scope for ***."
    assert caplog.records[-1].levelname == "ERROR"
    output = read_messages(failed.stdout_bytes.splitlines())
    assert output.bookmark("orders", account="a") == 2


@on_posix
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)
def test_a_signal_ends_the_run_with_its_status_and_the_state_so_far(
    server: FakeServer, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    server.respond("/orders/b", SLOW)
    with process(tmp_path, settings(server, accounts=["a", "b"])) as running:
        while not server.received("/orders/b"):
            time.sleep(0.01)
        running.send_signal(number)
        stdout, stderr = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == status
    assert b"Traceback" not in stderr
    output = read_messages(stdout.splitlines())
    assert output.keys("orders") == [("a", 1), ("a", 2)]
    assert output.bookmark("orders", account="a") == 2


@on_posix
def test_a_signal_writes_a_state_that_had_to_wait(server: FakeServer, tmp_path: Path) -> None:
    server.respond("/orders/b", Answer(json=[{"id": 7}]))
    server.respond("/orders/c", SLOW)
    with process(tmp_path, settings(server, accounts=["a", "b", "c"])) as running:
        while not server.received("/orders/c"):
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        stdout, _ = running.communicate(timeout=10)

    output = read_messages(stdout.splitlines())
    assert output.bookmark("orders", account="a") == 2
    assert output.bookmark("orders", account="b") == 7


def test_a_signal_while_the_target_does_not_read_cuts_no_line(
    server: FakeServer, tmp_path: Path
) -> None:
    rows = [{"id": number, "note": "x" * 20_000} for number in range(1, 200)]
    server.respond("/orders/a", Answer(json=rows))
    with process(tmp_path, settings(server)) as running:
        while not server.received("/orders/a"):
            time.sleep(0.01)
        assert running.stdout is not None
        first = running.stdout.readline()
        wait_until_full(running.stdout)
        running.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.2)
        stdout, _ = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 143
    assert stdout.endswith(b"\n")
    output = read_messages([first, *stdout.splitlines()])
    assert 0 < len(output.records["orders"]) < 199
    assert output.messages[-1]["type"] == "STATE"
    assert "replication_key_value" not in json.dumps(output.state)


def test_a_broken_pipe_is_told_in_one_sentence(server: FakeServer, tmp_path: Path) -> None:
    rows = [{"id": number, "note": "x" * 1000} for number in range(1, 2000)]
    server.respond("/orders/a", Answer(json=rows))
    with process(tmp_path, settings(server)) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr is not None
        log = running.stderr.read().decode()
        status = running.wait(PATIENCE_SECONDS)

    assert status == 1
    assert "Traceback" not in log
    assert "Exception ignored" not in log
    assert (
        "ERROR    | tap-small                      | The standard output cannot be written: Broken"
        in (log.splitlines()[-1])
    )


@on_linux
def test_a_full_disk_is_told_in_one_sentence(server: FakeServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.singer_tapkit.small_tap"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        run = subprocess.run(
            [*command, "--config", config_file(tmp_path, settings(server))],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
        )

    assert run.returncode == 1
    assert b"The standard output cannot be written: No space left" in run.stderr
    assert b"Traceback" not in run.stderr
    assert b"Exception ignored" not in run.stderr


def test_a_closed_output_is_told_in_one_sentence(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_file(tmp_path, settings(server))
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(Exception, match="standard output is closed"):
        SmallTap.get_singer_command()(["--config", config], standalone_mode=False)


def test_other_errors_of_the_system_are_bugs(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmallTap, "run", lambda _: (tmp_path / "missing").read_text())

    assert isinstance(invoke(SmallTap, tmp_path, settings(server)).exception, FileNotFoundError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_key": "short"},
        {"api_key": [KEY]},
        {"api_key": {KEY: KEY}},
    ],
)
@pytest.mark.parametrize("argument", [None, "--test"])
def test_settings_that_do_not_fit_are_told_without_secrets(
    server: FakeServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    wrong: dict[str, Any],
    argument: str | None,
) -> None:
    arguments = [argument] if argument else []

    failed = invoke(SmallTap, tmp_path, settings(server, **wrong), *arguments)

    told = failed.stderr + caplog.text
    assert failed.exit_code == 1
    assert "config['api_key']" in told
    assert "***" in told
    assert "sentinel" not in told
    assert "short'" not in told


def test_the_sdk_calls_the_hook_that_masks_secrets(server: FakeServer) -> None:
    with pytest.raises(ConfigValidationError) as error:
        SmallTap(config=settings(server, api_key=[KEY]))

    assert error.value.errors == ["[***] is not of type 'string' in config['api_key']"]


def test_settings_need_not_fit_where_they_are_not_needed(server: FakeServer) -> None:
    tap = SmallTap(config={"api_key": [KEY], "accounts": []}, validate_config=False)

    assert tap.streams.keys() == {"orders", "customers", "notes"}
    assert server.requests == []


def test_settings_have_their_defaults(server: FakeServer) -> None:
    tap = SmallTap(config=settings(server))

    assert (tap.config["accounts"], tap.config["max_retries"]) == (["a"], 6)


@pytest.mark.parametrize("argument", [None, "--test"])
def test_what_the_schema_cannot_check_is_checked_before_anything_is_sent(
    server: FakeServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    argument: str | None,
) -> None:
    arguments = [argument] if argument else []

    failed = invoke(SmallTap, tmp_path, settings(server, accounts=[]), *arguments)

    assert failed.exit_code == 1
    assert "'accounts' must name at least one." in failed.stderr + caplog.text
    assert failed.stdout == ""
    assert server.requests == []


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "must hold one JSON object"), ("[]", "must hold one JSON"), (f'{{"{KEY}', "truncated")],
)
def test_a_file_with_settings_that_is_none_is_told_in_a_sentence(
    tmp_path: Path, content: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    failed = invoke(SmallTap, tmp_path, content)

    assert failed.exit_code == 1
    assert caplog.messages[-1].startswith("The config file ")
    assert words in caplog.messages[-1]
    assert "sentinel" not in failed.stderr + caplog.text


def test_a_file_with_settings_that_is_missing_is_told_in_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = str(tmp_path / "missing.json")

    failed = CliRunner().invoke(SmallTap.get_singer_command(), ["--config", name])

    assert failed.exit_code == 1
    assert caplog.messages == [f"The config file {name}: No such file or directory."]


def test_settings_come_from_several_files_and_the_environment(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "second.json"
    second.write_text(json.dumps({"accounts": ["b"]}))
    monkeypatch.setenv("TAP_SMALL_API_KEY", KEY)
    server.respond("/orders/b", Answer(json=[{"id": 7}]))

    finished = invoke(
        SmallTap,
        tmp_path,
        {"url": server.url, "accounts": ["a"]},
        *("--config", str(second), "--config", "ENV"),
    )

    assert finished.exit_code == 0
    output = read_messages(finished.stdout_bytes.splitlines())
    assert output.keys("orders") == [("b", 7)]


def test_a_tap_may_need_no_settings() -> None:
    failed = CliRunner().invoke(SmallTap.get_singer_command(), [])

    assert failed.exit_code == 1


def test_a_run_goes_on_from_a_state_in_any_wrapping(server: FakeServer, tmp_path: Path) -> None:
    first = invoke(SmallTap, tmp_path, settings(server))
    state = tmp_path / "state.json"
    state.write_text(
        json.dumps({"singer_state": read_messages(first.stdout_bytes.splitlines()).state})
    )

    second = invoke(SmallTap, tmp_path, settings(server), "--state", str(state))

    assert second.exit_code == 0
    assert read_messages(second.stdout_bytes.splitlines()).records["orders"] == []


@pytest.mark.parametrize("option", ["--state", "--catalog"])
def test_a_state_or_catalog_that_is_none_ends_the_run_before_it_begins(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, option: str
) -> None:
    path = tmp_path / "given.json"
    path.write_text("")

    failed = invoke(SmallTap, tmp_path, settings(server), option, str(path))

    assert failed.exit_code == 1
    assert f"file {path} must hold one JSON object" in caplog.text
    assert server.requests == []


def test_a_catalog_selects_what_is_read(server: FakeServer, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.json"
    discovered = json.loads(invoke(SmallTap, tmp_path, settings(server), "--discover").stdout)
    discovered["streams"] = [
        entry for entry in discovered["streams"] if entry["tap_stream_id"] == "orders"
    ]
    catalog.write_text(json.dumps(discovered))

    finished = invoke(SmallTap, tmp_path, settings(server), "--catalog", str(catalog))

    assert read_messages(finished.stdout_bytes.splitlines()).records.keys() == {"orders"}


def test_connections_are_checked_without_reading_data(server: FakeServer, tmp_path: Path) -> None:
    finished = invoke(SmallTap, tmp_path, settings(server), "--test")

    assert finished.exit_code == 0
    assert finished.stdout == ""
    assert "orders: may be read." in finished.stderr
    assert [request.path for request in server.requests] == ["/orders"]


def test_connections_that_fail_are_summed_up(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.respond("/orders", Answer(status=403, json={"message": "no scope"}))

    failed = invoke(SmallTap, tmp_path, settings(server), "--test")

    assert failed.exit_code == 1
    assert caplog.messages[-1] == "orders: GET /orders answered 403: no scope."


def test_only_selected_streams_are_checked(server: FakeServer) -> None:
    tap = SmallTap(config=settings(server))
    tap.streams["orders"].selected = False

    tap.check_connection()

    assert server.requests == []


def test_schemas_can_be_tested_as_the_sdk_does(server: FakeServer, tmp_path: Path) -> None:
    finished = invoke(SmallTap, tmp_path, settings(server), "--test=schema")

    assert finished.exit_code == 0
    assert read_messages(finished.stdout_bytes.splitlines()).schemas.keys() == {
        "orders",
        "customers",
        "notes",
    }


class DiscoveringTap(SmallTap):
    """A tap whose discovery asks the server."""

    dynamic_catalog = True

    @override
    def discover_streams(self) -> Sequence[BaseStream]:
        streams = super().discover_streams()
        for stream in streams:
            if isinstance(stream, Orders):
                stream.fetch("/orders")
        return streams


@pytest.mark.parametrize("arguments", [[], ["--discover"], ["--test"]])
def test_a_discovery_that_fails_is_told_in_a_sentence(
    server: FakeServer, tmp_path: Path, arguments: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    server.respond("/orders", Answer(status=401, json={"message": "unknown key"}))

    failed = invoke(DiscoveringTap, tmp_path, settings(server), *arguments)

    assert failed.exit_code == 1
    assert caplog.messages[-1] == "GET /orders answered 401: unknown key."


def test_about_needs_no_settings() -> None:
    finished = CliRunner().invoke(SmallTap.get_singer_command(), ["--about", "--format", "json"])

    assert finished.exit_code == 0
    assert json.loads(finished.stdout)["name"] == "tap-small"


def test_the_log_does_not_repeat_the_catalog(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    _ = SmallTap(config=settings(server)).streams

    assert "as child stream" not in caplog.text


@pytest.mark.parametrize("is_running", [True, False])
@pytest.mark.parametrize("in_files", [True, False])
def test_a_signal_writes_the_state_only_while_it_is_true(
    server: FakeServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_running: bool,
    in_files: bool,
) -> None:
    batch = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri()},
    }
    tap = SmallTap(config=settings(server, **({"batch_config": batch} if in_files else {})))
    monkeypatch.setattr(tap, "sync_all", lambda: signal.raise_signal(signal.SIGTERM))

    with pytest.raises(SystemExit) as end:
        tap.run() if is_running else signal.raise_signal(signal.SIGTERM)

    assert end.value.code == 143
    assert ("STATE" in capsys.readouterr().out) == (is_running and not in_files)


def test_a_server_that_is_gone_fails_every_stream(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    failed = invoke(SmallTap, tmp_path, settings(server, url="http://127.0.0.1:1"))

    assert failed.exit_code == 75
    assert "2 part(s) of the sync failed: 2 that may pass by itself." in caplog.messages
    assert NoResponseError.__name__ not in caplog.text


def timers(log: str) -> dict[str, str]:
    """Return the status of each stream's timer in a log."""
    points = [
        json.loads(line.partition("METRIC: ")[2]) for line in log.splitlines() if "METRIC" in line
    ]
    return {
        point["tags"]["stream"]: point["tags"]["status"]
        for point in points
        if point["metric"] == "sync_duration"
    }


def test_each_stream_and_the_run_have_a_closing_line(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.respond("/customers/1/notes", Answer(json=[{"id": number} for number in range(3)]))
    server.respond("/orders/b", Answer(status=403, json={"message": "no scope"}))

    invoke(SmallTap, tmp_path, settings(server, accounts=["a", "b"]))

    closing = [re.sub(r"\d+\.\d s", "N s", line) for line in caplog.messages if " s" in line]
    assert "customers: 1 records in N s." in closing
    assert "notes: 3 records in N s." in closing
    assert "orders: 2 records in N s, 1 failed." in closing
    assert "The run has read 6 records of 3 streams in N s." in closing


def test_the_timer_of_a_stream_that_failed_says_so(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.respond("/orders/a", Answer(status=403, json={"message": "no scope"}))

    invoke(SmallTap, tmp_path, settings(server))

    assert timers(caplog.text) == {
        "orders": "failed",
        "customers": "succeeded",
        "notes": "succeeded",
    }


def test_nothing_that_was_read_is_called_a_success_where_all_streams_lack_what_failed(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class LockedOutTap(SmallTap):
        @override
        def discover_streams(self) -> Sequence[BaseStream]:
            self.failures.record("site a", "the token is unknown")
            return super().discover_streams()

    caplog.set_level(logging.INFO)
    server.respond("/orders/a", Answer(json=[]))

    invoke(LockedOutTap, tmp_path, settings(server))

    assert timers(caplog.text)["orders"] == "failed"
    assert timers(caplog.text)["customers"] == "succeeded"


def test_a_run_without_fault_warns_of_nothing(
    server: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    invoke(SmallTap, tmp_path, settings(server))

    assert [entry for entry in caplog.records if entry.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("argument", [None, "--test"])
def test_a_typo_is_warned_of_with_the_nearest_name(
    server: FakeServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    argument: str | None,
) -> None:
    variable = "TAP_SMALL_ACOUNTS"
    monkeypatch.setenv(variable, "[]")
    monkeypatch.setenv("TAP_SMALL__SELECT", "[]")

    finished = invoke(
        SmallTap, tmp_path, settings(server, max_retrys=1), *([argument] if argument else [])
    )

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
def test_a_variable_of_a_wrong_type_is_told_in_a_sentence(
    server: FakeServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    kind: str,
) -> None:
    monkeypatch.setenv(f"TAP_SMALL_{name}", value)

    failed = invoke(SmallTap, tmp_path, settings(server), "--config", "ENV")

    assert failed.exit_code == 1
    assert (
        caplog.messages[-1] == f"The environment variable TAP_SMALL_{name} must be of type {kind}."
    )


def test_the_help_says_that_a_test_reads_no_data() -> None:
    shown = CliRunner().invoke(SmallTap.get_singer_command(), ["--help"]).stdout

    assert "without reading data" in " ".join(shown.split())
    assert "single record" not in shown
