"""Large answers wait in files, for which there may be no room."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tap_gotom.storage import StorageError, private_file, storing

FULL = Path("/dev/full")
"""A device of Linux on which there is never any room."""


def test_a_full_disk_is_told_with_what_to_do() -> None:
    with (
        pytest.raises(StorageError, match=r"report 46 cannot be stored: .*No space.* Set TMPDIR"),
        storing("report 46"),
        FULL.open("wb", buffering=0) as file,
    ):
        file.write(b"Kampagne")


def test_a_broken_transfer_is_left_to_others() -> None:
    with pytest.raises(requests.ConnectionError), storing("report 46"):
        raise requests.ConnectionError


def test_a_private_file_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_file() as file:
        file.write(b"Kampagne")
        file.flush()

        assert list(tmp_path.iterdir()) == []
