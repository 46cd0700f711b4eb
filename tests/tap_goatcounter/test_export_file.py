"""The file of an export, fetched whole or not at all."""

from __future__ import annotations

import errno
import gzip
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest
from requests.adapters import HTTPAdapter

from tests.sandbox.faults import Answer, CutOff, Reset, html_page
from tests.tap_goatcounter.exports import (
    ROW,
    build_state,
    count_exports,
    get_bookmark,
    get_checkpoint,
    write_csv,
)
from tests.tap_goatcounter.servers import make_view

if TYPE_CHECKING:
    from requests import Response

    from singer_tapkit.testing import TapRun
    from tests.sandbox.faults import Effect
    from tests.tap_goatcounter.servers import Sandbox


def interrupt_before_the_download(sandbox: Sandbox) -> TapRun:
    """Run the tap so that it has an export but never gets its file."""
    sandbox.add(make_view("/a"))
    sandbox.disturb("/export/1/download", Reset(), times=None)
    run = sandbox.fail_to_read("hits", state=build_state(0), max_retries=0)
    sandbox.server.faults.clear()
    assert get_checkpoint(run) == 1
    return run


@pytest.mark.parametrize(
    "effect",
    [
        CutOff(after=50),
        Reset(),
        html_page(502, "Bad Gateway"),
        Answer(500, '{"error":"unexpected error code ‘8fot6v’"}'),  # noqa: RUF001
        CutOff(after=0),
    ],
    ids=["truncated", "reset", "proxy", "error of the server", "without a body"],
)
def test_a_download_that_breaks_is_tried_again(newer: Sandbox, effect: Effect) -> None:
    newer.add(*(make_view(f"/{number}") for number in range(100)))
    newer.disturb("/export/1/download", effect)
    run = newer.read("hits")
    assert len(run.records["hits"]) == 100
    assert count_exports(newer) == 1


@pytest.mark.parametrize("is_expired", [False, True])
def test_a_file_that_is_gone_is_named_and_asked_for_once(
    newer: Sandbox, *, is_expired: bool
) -> None:
    run = interrupt_before_the_download(newer)
    newer.server.expire_exports() if is_expired else newer.server.delete_export_files()
    before = len(newer.received("GET", "/export/1/download"))
    second = newer.fail_to_read("hits", state=run.state, max_retries=5)
    assert "is gone" in second.error
    assert len(newer.received("GET", "/export/1/download")) == before + 1
    assert get_checkpoint(second) is None
    third = newer.read("hits", state=second.state)
    assert [hit["path"] for hit in third.records["hits"]] == ["/a"]


def test_a_file_with_the_wrong_hash_is_never_read(newer: Sandbox) -> None:
    newer.add(make_view("/a"))
    newer.server.next_export.wrong_hash = True
    run = newer.fail_to_read("hits", state=build_state(0))
    assert "is damaged" in run.log
    assert "sha256-" in run.log
    assert "goatcounter-export-" in run.log
    assert run.records["hits"] == []
    assert get_bookmark(run) == 0
    assert len(newer.received("GET", "/export/1/download")) == 2


@pytest.mark.parametrize("name", ["a file", "its rows unpacked"])
def test_a_file_that_a_proxy_has_packed_or_unpacked_is_read_all_the_same(
    newer: Sandbox, name: str
) -> None:
    newer.add(make_view("/a"), make_view("/b"))
    body = write_csv(ROW, ROW).encode()
    packed = gzip.compress(body if name == "its rows unpacked" else gzip.compress(body))
    response = Answer(200, packed, {"Content-Encoding": "gzip"})
    newer.disturb("/export/1/download", response)
    assert len(newer.read("hits").records["hits"]) == 2


def test_a_folder_that_is_full_is_named_and_the_export_kept_in_mind(
    newer: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = HTTPAdapter.send
    responses: list[Response] = []

    def note(adapter: HTTPAdapter, *request: Any, **options: Any) -> Response:
        responses.append(send(adapter, *request, **options))
        return responses[-1]

    def open_full(prefix: str) -> BinaryIO:
        raise OSError(errno.ENOSPC, f"No space left on device for {prefix}")

    monkeypatch.setattr(HTTPAdapter, "send", note)
    monkeypatch.setattr("tap_goatcounter.export_file.open_spool", open_full)
    newer.add(make_view("/a"))
    run = newer.fail_to_read("hits", state=build_state(0))
    assert "TMPDIR" in run.error
    assert (get_bookmark(run), get_checkpoint(run)) == (0, 1)
    assert responses[-1].url.endswith("/export/1/download")
    assert all(response.raw.closed for response in responses)
