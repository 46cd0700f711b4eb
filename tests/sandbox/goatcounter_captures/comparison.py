"""What of an answer must agree with the recording.

Everything must, but for what is random, or is the moment of recording:

* ids of sessions: rows must be grouped by them alike;
* moments at which exports were made and pixels asked for: they must be there, in the same notation;
* hashes of files, codes of unexpected errors, and the directory in which files lie;
* the rest of a window in the text of a refusal: to a tenth of a millisecond;
* of a page in HTML, all but its heading and its sentence;
* in the answer that starts an export, its number of rows and last id: the older server fills them
  in while it answers, if it happens to be done;
* the order of equal times in statistics, and of tables, within an archive, which is random;
* languages of an archive that the sandbox does not know: a real server lists some seven thousand.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

from tests.sandbox.goatcounter.visitors import LANGUAGES
from tests.sandbox.goatcounter_captures.clock import WAIT, wait_seconds

if TYPE_CHECKING:
    from tests.sandbox.goatcounter_captures.recording import Answer

HEADERS = (
    "access-control-allow-origin",
    "allow",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-type",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
    "x-content-type-options",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
)

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_NAMED_MOMENT = re.compile(r"-\d{8}T\d{6}Z")
_HASH = re.compile(r"sha256-[0-9a-f]{64}")
_CODE = re.compile(r"error code ‘[0-9a-z]+’")  # noqa: RUF001
_HEADING = re.compile(r"<h1>(.*)</h1>\s*<p>(.*)</p>")
_DAY_OF_RECORDING = "2026-11-22"
_TO_THE_HOUR = 13
_TABLES = {"browsers", "languages", "locations", "paths", "refs", "systems"}


def comparable(answer: Answer) -> dict[str, object]:
    """An answer without what may differ."""
    headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    if "content-disposition" in headers:
        headers["content-disposition"] = _NAMED_MOMENT.sub("-…", headers["content-disposition"])
    body = _body(answer)
    if _is_whole(body, answer):
        headers["content-length"] = answer.headers.get("content-length", "none, as it is long")
    return {"status": answer.status, **headers, "body": body}


def _is_whole(body: object, answer: Answer) -> bool:
    """Whether nothing was left out of a JSON body, so that its length must agree as well."""
    try:
        return bool(body == json.loads(answer.body))
    except ValueError:
        return False


def _body(answer: Answer) -> object:
    if answer.headers.get("content-type") == "application/gzip":
        is_archive = zipfile.is_zipfile(io.BytesIO(answer.body))
        return _archive(answer.body) if is_archive else _table(answer.body)
    body = answer.body
    if answer.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    text = body.decode()
    if heading := _HEADING.search(text):
        return heading.groups()
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        return _refusal(text)
    if isinstance(content, dict) and "finished_at" in content:
        return _export(content)
    if isinstance(content, dict) and "error" in content:
        return {**content, "error": _refusal(_CODE.sub("error code …", content["error"]))}
    return content


def _refusal(text: str) -> object:
    """A text, and the seconds that it says are left."""
    wait = WAIT.search(text)
    if wait is None:
        return text
    return (text.replace(wait[0], ""), round(wait_seconds(wait), 4))


def _export(content: dict[str, Any]) -> dict[str, Any]:
    """An export without moments, hash and directory."""
    started_just_now = bool(_MOMENT.fullmatch(content["created_at"])[1])  # type: ignore[index]
    if started_just_now:
        content = {**content, "last_hit_id": None, "num_rows": None}
    directory, _, name = content["path"].rpartition("/")
    return {
        **content,
        "created_at": "with fraction" if started_just_now else "whole seconds",
        "finished_at": content["finished_at"] and bool(_MOMENT.fullmatch(content["finished_at"])),
        "path": (bool(directory), _NAMED_MOMENT.sub("-…", name)),
        "hash": content["hash"] and _HASH.sub("…", content["hash"]),
    }


def _table(body: bytes) -> list[dict[str, str]]:
    """The rows of a CSV export, with sessions numbered in the order in which they appear."""
    text = gzip.decompress(body).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    sessions: dict[str, str] = {}
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{1,16}-[0-9a-f]{1,16}", row["Session"])
        row["Session"] = sessions.setdefault(row["Session"], f"session {len(sessions)}")
        if row["Date"].startswith(_DAY_OF_RECORDING):
            row["Date"] = row["Date"][:_TO_THE_HOUR]
    return rows


def _archive(body: bytes) -> dict[str, object]:
    """The files of a JSON export by name, rows in an order that does not depend on chance."""
    files: dict[str, object] = {}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for path in archive.namelist():
            folder, _, file = path.partition("/")
            name, _, suffix = file.partition(".")
            text = archive.read(path).decode()
            key = f"{_NAMED_MOMENT.sub('-…', folder)}/{file}"
            files[key] = _rows(name, text) if suffix == "jsonl" else _information(json.loads(text))
    return files


def _information(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "created_at": bool(_MOMENT.fullmatch(content["created_at"]))}


def _rows(name: str, text: str) -> list[str]:
    rows = [json.loads(line) for line in text.splitlines()]
    if name == "languages":
        rows = [row for row in rows if row["iso_639_3"] in {"", *LANGUAGES}]
    if name not in _TABLES:
        times = [row.get("hour") or row["day"] for row in rows]
        assert times == sorted(times), f"{name} does not ascend by time"
    return sorted(json.dumps(row) for row in rows)
