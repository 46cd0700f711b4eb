"""Judge what a run has written and logged."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from singer_tapkit.testing import read_messages
from tests.services.source import PERSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from singer_tapkit.testing import SingerOutput

SHOWN = 3
SEVERITY = (
    "lost for good",
    "missing with exit 0",
    "surplus or changed with exit 0",
    "invalid Singer",
    "secret logged",
    "person logged",
    "hang",
    "traceback",
    "next run fails",
    "file left",
)
IDENTITIES = {"hits": ("site_id", "date")}
"""What identifies records whose keys depend on where an export began."""
PLACES = {
    ("hits", name) for name in ("export_cursor", "export_id", "export_last_hit_id", "row_number")
}
"""The streams and fields that depend on that, too."""


@dataclass(frozen=True)
class Finding:
    """Something that a tap should not have done.

    Attributes:
        kind: What it is, one of `SEVERITY`.
        detail: What was found.
    """

    kind: str
    detail: str


@dataclass(frozen=True)
class Outcome:
    """What is left of a run.

    Attributes:
        status: The exit status, None if the run was killed.
        output: The messages, those before the first invalid one.
        log: The log.
        findings: What is wrong with the run by itself.
    """

    status: int | None
    output: SingerOutput
    log: str
    findings: Sequence[Finding]

    @property
    def skipped(self) -> Counter[str]:
        """How many rows of each stream a warning names that were left out."""
        counts: Counter[str] = Counter()
        warnings = [line for line in self.log.splitlines() if "WARNING" in line]
        for stream, count in re.findall(r"(\w+): ([\d,]+) skipped", "\n".join(warnings)):
            counts[stream] += int(count.replace(",", ""))
        return counts


@dataclass
class Warehouse:
    """What a target has loaded.

    Attributes:
        rows: The records of each stream with their versions, by key.
    """

    rows: dict[str, dict[str, tuple[int, dict[str, Any]]]] = field(default_factory=dict)

    def load(self, messages: Iterable[Mapping[str, Any]]) -> Warehouse:
        """Load messages, and return a warehouse with all that was loaded."""
        rows = {stream: dict(loaded) for stream, loaded in self.rows.items()}
        keys: dict[str, list[str]] = {}
        for message in messages:
            match message["type"]:
                case "SCHEMA":
                    keys[message["stream"]] = message["key_properties"]
                    rows.setdefault(message["stream"], {})
                case "RECORD":
                    record = message["record"]
                    key = json.dumps([record.get(name) for name in keys[message["stream"]]])
                    rows[message["stream"]][key] = (message.get("version") or 0, record)
                case "ACTIVATE_VERSION":
                    loaded = rows.setdefault(message["stream"], {})
                    for key in [key for key, row in loaded.items() if row[0] < message["version"]]:
                        del loaded[key]
        return Warehouse(rows)

    def find_missing(self, truth: Warehouse, excused: Mapping[str, int] | None = None) -> str:
        """Return what the truth has that this has not; empty if that is nothing.

        Args:
            truth: What should be there.
            excused: How many rows of each stream may be missing.
        """
        lacking = (
            (name, truth.index_records(name).keys() - self.index_records(name).keys())
            for name in truth.rows
        )
        return _list_keys(
            (name, sorted(keys))
            for name, keys in lacking
            if len(keys) > (excused or {}).get(name, 0)
        )

    def find_differences(self, truth: Warehouse, volatile: set[tuple[str, str]]) -> str:
        """Return what this has that the truth has not, or has otherwise; empty if it is nothing.

        Args:
            truth: What should be there.
            volatile: The streams and fields that differ from run to run.
        """
        return _list_keys(
            (name, sorted(self._find_different(name, truth.index_records(name), volatile | PLACES)))
            for name in truth.rows
        )

    def keep_stable(self, other: Warehouse) -> Warehouse:
        """Return the streams that have the same keys in another warehouse."""
        return Warehouse(
            {
                name: rows
                for name, rows in self.rows.items()
                if rows.keys() == set(other.rows.get(name, {}))
            }
        )

    def find_changing_fields(self, other: Warehouse) -> set[tuple[str, str]]:
        """Return the streams and fields that are not the same in another warehouse."""
        return {
            (stream, name)
            for stream, rows in self.rows.items()
            for key, (_, record) in rows.items()
            for name, value in record.items()
            if other.rows.get(stream, {}).get(key, (0, record))[1].get(name) != value
        }

    def index_records(self, stream: str) -> dict[str, dict[str, Any]]:
        """Return the records of a stream by what identifies them."""
        found: dict[str, dict[str, Any]] = {}
        for key, (_, record) in sorted(self.rows.get(stream, {}).items()):
            names = IDENTITIES.get(stream)
            identity = json.dumps([record.get(name) for name in names]) if names else key
            found[f"{identity} again" if identity in found else identity] = record
        return found

    def _find_different(
        self,
        stream: str,
        truth: Mapping[str, dict[str, Any]],
        volatile: set[tuple[str, str]],
    ) -> Iterator[str]:
        for key, record in self.index_records(stream).items():
            if key not in truth:
                yield f"{key} too many"
                continue
            expected = truth[key]
            names = {
                name
                for name in record.keys() | expected.keys()
                if record.get(name) != expected.get(name) and (stream, name) not in volatile
            }
            if names:
                yield f"{key} differs in {', '.join(sorted(names))}"


def judge(
    status: int | None, written: str, log: str, temporary: Path, secrets: Iterable[str]
) -> Outcome:
    """Judge what a run has written, what it has logged, and its folder for temporary files."""
    output, fault = _read(written.encode("utf-8", "surrogateescape").splitlines())
    findings = list(_judge_log(log, secrets))
    if status is None:
        findings.append(Finding("hang", "it did not end"))
    elif fault:
        findings.append(Finding("invalid Singer", fault))
    if left := [path.name for path in temporary.iterdir()]:
        findings.append(Finding("file left", f"{left}"))
    return Outcome(status, output, log, findings)


def _judge_log(log: str, secrets: Iterable[str]) -> Iterator[Finding]:
    if "Traceback (most recent call last)" in log:
        raised = [line for line in log.splitlines() if line[:1].isalpha() and "Error" in line[:60]]
        yield Finding("traceback", raised[-1] if raised else log[-200:])
    for kind, words in (("secret logged", secrets), ("person logged", (PERSON,))):
        for line in log.splitlines():
            if any(word in line for word in words):
                yield Finding(kind, line)
                break


def _read(lines: Sequence[bytes]) -> tuple[SingerOutput, str]:
    """Return the messages, and what is wrong with the first invalid one."""
    try:
        output = read_messages(lines)
        json.dumps(output.messages, ensure_ascii=False, allow_nan=False).encode()
    except (AssertionError, ValueError) as error:
        for end in range(len(lines), -1, -1):
            try:
                return read_messages(lines[:end]), f"{type(error).__name__}: {error}"
            except (AssertionError, ValueError):
                continue
        raise
    return output, ""


def _list_keys(places: Iterable[tuple[str, list[str]]]) -> str:
    return "; ".join(
        f"{len(keys)} of {name} ({', '.join(keys[:SHOWN])})" for name, keys in places if keys
    )
