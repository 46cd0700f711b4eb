"""The tap that all others derive from, in process and by its command line."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from typing_extensions import override

from singer_tapkit.errors import NoResponseError
from singer_tapkit.fake_server import FakeResponse, FakeServer
from tests.singer_tapkit.small_tap import Orders, SmallTap
from tests.singer_tapkit.tap_runs import (
    KEY,
    make_settings,
    read_output,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from singer_tapkit.stream import BaseStream
    from tests.singer_tapkit.tap_runs import Invoke


def test_a_run_writes_valid_messages_ends_with_zero_and_warns_of_nothing(
    invoke: Invoke, caplog: pytest.LogCaptureFixture
) -> None:
    finished = invoke()

    assert finished.exit_code == 0
    assert read_output(finished).keys("orders") == [("a", 1), ("a", 2)]
    assert read_output(finished).bookmark("orders", account="a") == 2
    assert [entry for entry in caplog.records if entry.levelno >= logging.WARNING] == []


def test_a_run_goes_on_from_a_state_in_any_wrapping(invoke: Invoke, tmp_path: Path) -> None:
    first = invoke()
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"singer_state": read_output(first).state}))

    second = invoke("--state", str(state))

    assert second.exit_code == 0
    assert read_output(second).records["orders"] == []


def test_a_catalog_selects_what_is_read(invoke: Invoke, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.json"
    discovered = json.loads(invoke("--discover").stdout)
    discovered["streams"] = [
        entry for entry in discovered["streams"] if entry["tap_stream_id"] == "orders"
    ]
    catalog.write_text(json.dumps(discovered))

    finished = invoke("--catalog", str(catalog))

    assert read_output(finished).records.keys() == {"orders"}


@pytest.mark.parametrize("is_selected", [True, False])
def test_a_selected_stream_that_there_is_not_is_warned_of(
    invoke: Invoke, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, is_selected: bool
) -> None:
    catalog = tmp_path / "catalog.json"
    metadata = [{"breadcrumb": [], "metadata": {"selected": is_selected}}]
    catalog.write_text(json.dumps({"streams": [{"tap_stream_id": "lines", "metadata": metadata}]}))

    finished = invoke("--catalog", str(catalog))

    assert finished.exit_code == 0
    warnings = [entry.getMessage() for entry in caplog.records if entry.levelname == "WARNING"]
    assert len(warnings) == is_selected
    assert all("the stream 'lines'" in warning for warning in warnings)


def test_connections_are_checked_without_reading_data(invoke: Invoke, server: FakeServer) -> None:
    finished = invoke("--test")

    assert finished.exit_code == 0
    assert finished.stdout == ""
    assert "orders: may be read." in finished.stderr
    assert [request.path for request in server.requests] == ["/orders"]


@pytest.mark.parametrize(
    ("arguments", "failure"),
    [([], "orders of b: GET /orders/b"), (["--test"], "orders: GET /orders")],
)
def test_failures_are_summed_up_and_the_status_is_not_zero(
    invoke: Invoke,
    server: FakeServer,
    caplog: pytest.LogCaptureFixture,
    arguments: list[str],
    failure: str,
) -> None:
    refused = FakeResponse(status=403, json={"message": f"no scope for {KEY}"})
    server.respond("/orders", refused)
    server.respond("/orders/b", refused)

    failed = invoke(*arguments, accounts=["a", "b"])

    assert failed.exit_code == 1
    assert caplog.messages[-1] == f"{failure} answered 403: no scope for ***."
    assert caplog.records[-1].levelname == "ERROR"
    if not arguments:
        assert read_output(failed).bookmark("orders", account="a") == 2


def test_only_selected_streams_are_checked(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    tap = SmallTap(config=make_settings(server))
    tap.streams["orders"].selected = False

    tap.check_connection()

    assert server.requests == []
    assert caplog.messages[-1] == "Only the settings were checked, as no stream has a check."


def test_schemas_can_be_tested_as_the_sdk_does(invoke: Invoke) -> None:
    finished = invoke("--test=schema")

    assert finished.exit_code == 0
    assert read_output(finished).schemas.keys() == {
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
def test_a_discovery_that_fails_is_reported_in_a_sentence(
    invoke: Invoke, server: FakeServer, arguments: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    server.respond("/orders", FakeResponse(status=401, json={"message": "unknown key"}))

    failed = invoke(*arguments, tap=DiscoveringTap)

    assert failed.exit_code == 1
    assert caplog.messages[-1] == "GET /orders answered 401: unknown key."


def test_the_log_does_not_repeat_the_catalog(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    _ = SmallTap(config=make_settings(server)).streams

    assert "as child stream" not in caplog.text


def test_a_server_that_is_gone_fails_every_stream(
    invoke: Invoke, caplog: pytest.LogCaptureFixture
) -> None:
    failed = invoke(url="http://127.0.0.1:1")

    assert failed.exit_code == 75
    assert "2 part(s) of the sync failed: 2 that may pass by itself." in caplog.messages
    assert NoResponseError.__name__ not in caplog.text


def read_timers(log: str) -> dict[str, str]:
    """Return the status of each stream's timer in a log."""
    lines = [line.partition("METRIC: ")[2] for line in log.splitlines() if "sync_duration" in line]
    tags = [json.loads(line)["tags"] for line in lines]
    return {point["stream"]: point["status"] for point in tags}


def test_each_stream_and_the_run_have_a_closing_line(
    invoke: Invoke, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.respond("/customers/1/notes", FakeResponse(json=[{"id": number} for number in range(3)]))
    server.respond("/orders/b", FakeResponse(status=403, json={"message": "no scope"}))

    invoke(accounts=["a", "b"])

    closing = [re.sub(r"\d+\.\d s", "N s", line) for line in caplog.messages if " s" in line]
    assert "customers: 1 records in N s." in closing
    assert "notes: 3 records in N s." in closing
    assert "orders: 2 records in N s, 1 failed." in closing
    assert "The run has read 6 records of 3 streams in N s." in closing
    assert read_timers(caplog.text) == {
        "orders": "failed",
        "customers": "succeeded",
        "notes": "succeeded",
    }


def test_nothing_that_was_read_is_called_a_success_where_all_streams_lack_what_failed(
    invoke: Invoke, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    class LockedOutTap(SmallTap):
        @override
        def discover_streams(self) -> Sequence[BaseStream]:
            self.failures.record("site a", "the token is unknown")
            return super().discover_streams()

    caplog.set_level(logging.INFO)
    server.respond("/orders/a", FakeResponse(json=[]))

    invoke(tap=LockedOutTap)

    assert read_timers(caplog.text)["orders"] == "failed"
    assert read_timers(caplog.text)["customers"] == "succeeded"


def test_the_help_says_that_a_test_reads_no_data() -> None:
    shown = CliRunner().invoke(SmallTap.get_singer_command(), ["--help"]).stdout

    assert "without reading data" in " ".join(shown.split())
    assert "single record" not in shown
