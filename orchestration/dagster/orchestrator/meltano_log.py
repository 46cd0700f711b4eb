"""Read the log of Meltano: rows and seconds of each stream, and why a run has failed."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import msgspec

MAX_SENTENCES = 20
"""How many of the last errors are kept."""

EXTRACTOR, LOADER, MELTANO = "extractor", "loader", "meltano"
EXIT_CODE_EVENTS = {"Extraction failed": EXTRACTOR, "Loading failed": LOADER}
"""The events by which Meltano reports the exit status of a plugin."""

TEMPORARY_FAILURE = 75
"""The exit status of a tap of which all failures may pass: EX_TEMPFAIL of sysexits.h."""

ALREADY_RUNNING = "pipeline is already running which started at"
"""What Meltano says of a state that another run holds, or held until it was killed."""


TABLES_MADE_AT_ONCE = (
    "psycopg.errors.DuplicateTable",
    "psycopg.errors.DuplicateSchema",
    "pg_namespace_nspname_index",
    "pg_class_relname_nsp_index",
    "pg_type_typname_nsp_index",
)
"""What a loader says if another makes the same table or schema at once, as in a first load."""


class _Metric(msgspec.Struct):
    metric: str
    value: float
    tags: dict[str, Any]


class _Entry(msgspec.Struct):
    event: str
    level: str = "info"
    name: str = MELTANO
    cmd_type: str = MELTANO
    code: int | None = None
    metric_info: _Metric | None = None


@dataclass
class MeltanoLog:
    """What was read from the lines of a log so far.

    Attributes:
        rows: How many rows the tap has sent, by stream.
        seconds: How long the tap has taken, by stream.
        exit_codes: The exit statuses of the plugins that have failed.
    """

    rows: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    exit_codes: dict[str, int] = field(default_factory=dict)
    _errors: dict[str, deque[str]] = field(default_factory=dict)
    _lines: dict[str, deque[str]] = field(default_factory=dict)

    def read(self, line: str) -> str | None:
        """Take in a line.

        Returns:
            The line as a person reads it, None if it is for programs only.
        """
        try:
            entry = msgspec.json.decode(line, type=_Entry)
        except (msgspec.DecodeError, msgspec.ValidationError):
            entry = _Entry(event=line.rstrip("\n"))
        if entry.metric_info:
            if entry.cmd_type == EXTRACTOR:
                self._count(entry.metric_info)
            return None
        if entry.code and entry.event in EXIT_CODE_EVENTS:
            self.exit_codes[EXIT_CODE_EVENTS[entry.event]] = entry.code
        elif entry.level in {"error", "critical"}:
            _append(self._errors, entry)
        _append(self._lines, entry)
        return f"{entry.name}: {entry.event}"

    @property
    def sentences(self) -> list[str]:
        """The last errors of the plugins that have failed; without any, the last words.

        Meltano may end without the statuses of its plugins, if one is gone while it writes to it.
        """
        said: list[str] = []
        for source in self.exit_codes or self._errors or (MELTANO,):
            said += self._errors.get(source) or self._lines.get(source) or ()
        return said

    @property
    def may_pass(self) -> bool:
        """Whether the failure is one that may pass by itself."""
        if self._has_text(LOADER, *TABLES_MADE_AT_ONCE):
            return True
        if self.exit_codes:
            return self.exit_codes == {EXTRACTOR: TEMPORARY_FAILURE}
        return self._has_text(MELTANO, ALREADY_RUNNING)

    def _has_text(self, source: str, *words: str) -> bool:
        lines = (*self._errors.get(source, ()), *self._lines.get(source, ()))
        return any(word in line for line in lines for word in words)

    def _count(self, metric: _Metric) -> None:
        stream = metric.tags.get("stream", "")
        if metric.metric == "record_count":
            self.rows[stream] += int(metric.value)
        elif metric.metric == "sync_duration":
            self.seconds[stream] += metric.value


def _append(said: dict[str, deque[str]], entry: _Entry) -> None:
    """Add what an entry says at the end, once."""
    sentences = said.setdefault(entry.cmd_type, deque(maxlen=MAX_SENTENCES))
    if entry.event in sentences:
        sentences.remove(entry.event)
    sentences.append(entry.event)
