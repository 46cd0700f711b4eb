"""What of a response must agree with the recording.

Everything that a tap can see must, but for what is random, or is the moment of recording:

* ids of sessions: rows must be grouped by them alike;
* moments at which exports were made and pixels asked for: they must be there, in the same notation;
* hashes of files, codes of unexpected errors, and the directory in which files lie;
* the rest of a window, beyond its size; and what a response says of limits that it has not met;
* in the response that starts an export, its number of rows and last id: the older server fills them
  in while it answers, if it happens to be done;
* the order of equal times in statistics, and of tables, within an archive, which is random;
* what no stream has: the sum `total_utc`, how long the server has been running, and from an archive
  the lists of languages and locations.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.goatcounter_captures.recording import Response

HEADERS = ("content-disposition", "content-encoding", "content-type", "www-authenticate")
LIMIT_HEADERS = ("retry-after", "x-rate-limit-limit", "x-rate-limit-remaining")
LEFT_OUT = ("total_utc", "uptime")
FILES_LEFT_OUT = ("languages.jsonl", "locations.jsonl")

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
NAMED_MOMENT = re.compile(r"-\d{8}T\d{6}Z")
CODE_OR_WAIT = re.compile(r'(?<=error code ‘)[0-9a-z]+|(?<=try again in )[^\s"]+')  # noqa: RUF001
DAY_OF_RECORDING = "2026-11-22"
TO_THE_HOUR = 13
TABLES = {"browsers", "paths", "refs", "systems"}


def comparable(response: Response) -> dict[str, object]:
    """Return a response without what may differ."""
    headers = {
        name: NAMED_MOMENT.sub("-…", response.headers[name])
        for name in HEADERS
        if name in response.headers
    }
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        headers |= {name: f"{int(response.headers[name]):.2g}" for name in LIMIT_HEADERS}
    return {"status": response.status, **headers, "body": _read_body(response)}


def _read_body(response: Response) -> object:
    body = response.body
    if response.headers.get("content-type") == "application/gzip":
        return _read_archive(body) if body.startswith(b"PK") else _read_table(body)
    if response.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    text = CODE_OR_WAIT.sub("…", body.decode())
    if not text.startswith("{"):
        return text
    content = {name: value for name, value in json.loads(text).items() if name not in LEFT_OUT}
    return _read_export(content) if "finished_at" in content else content


def _read_export(content: dict[str, Any]) -> dict[str, Any]:
    """Return an export without moments, hash and directory."""
    is_new = "." in content["created_at"]
    if is_new:
        content = {**content, "last_hit_id": None, "num_rows": None}
    directory, _, name = content["path"].rpartition("/")
    return {
        **content,
        "created_at": (is_new, bool(MOMENT.fullmatch(content["created_at"]))),
        "finished_at": content["finished_at"] and bool(MOMENT.fullmatch(content["finished_at"])),
        "path": (bool(directory), NAMED_MOMENT.sub("-…", name)),
        "hash": content["hash"] and re.sub("[0-9a-f]{64}", "…", content["hash"]),
    }


def _read_table(body: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV export, with sessions numbered in the order in which they appear."""
    text = gzip.decompress(body).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    sessions: dict[str, str] = {}
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{1,16}-[0-9a-f]{1,16}", row["Session"])
        row["Session"] = sessions.setdefault(row["Session"], f"session {len(sessions)}")
        if row["Date"].startswith(DAY_OF_RECORDING):
            row["Date"] = row["Date"][:TO_THE_HOUR]
    return rows


def _read_archive(body: bytes) -> dict[str, object]:
    """Return the files of a JSON export by name, with sorted rows."""
    files: dict[str, object] = {}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for path in archive.namelist():
            if path.endswith(FILES_LEFT_OUT):
                continue
            name, _, suffix = path.rpartition("/")[2].partition(".")
            text = archive.read(path).decode()
            key = NAMED_MOMENT.sub("-…", path)
            files[key] = _read_rows(name, text) if suffix == "jsonl" else _read_info(text)
    return files


def _read_info(text: str) -> object:
    return json.loads(MOMENT.sub("…", text))


def _read_rows(name: str, text: str) -> list[str]:
    rows = [json.loads(line) for line in text.splitlines()]
    if name not in TABLES:
        times = [row.get("hour") or row["day"] for row in rows]
        assert times == sorted(times), f"{name} does not ascend by time"
    return sorted(json.dumps(row) for row in rows)
