"""The READMEs of the taps are alike, and say what the taps really have and do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.meltano import REPOSITORY
from tests.publishing.definition import about, extractors, sandbox_settings, streams
from tests.publishing.messages import is_said, texts_of
from tests.publishing.readme import Document, quoted_in, readme_of

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = [
    "Install",
    "Five-minute start",
    "Settings",
    "Streams",
    "What it costs",
    "What is read again, and what is not",
    "Dates and time zones",
    "Personal data",
]
AFTER = ["When something goes wrong", "What the API cannot do"]
"""What each README has before and after what its service alone needs."""
OF_THE_SDK = ("stream_map", "faker_config", "flattening_", "batch_")
WAYS_TO_READ: dict[str, list[dict[str, Any]]] = {
    "tap-apparena": [{}, {"incremental_mode": "new_ids"}],
}
"""Settings that change which streams are incremental."""

each_tap = pytest.mark.parametrize("tap", extractors())


@each_tap
def test_headings_are_those_of_all_taps(tap: str) -> None:
    headings = readme_of(tap).headings

    assert headings[: len(BEFORE)] == BEFORE
    assert headings[-len(AFTER) :] == AFTER


@each_tap
def test_the_settings_are_the_taps_with_their_defaults(tap: str) -> None:
    documented = {row["setting"]: row["default"] for row in readme_of(tap).rows("Settings")}
    settings = {
        f"`{name}`": setting
        for name, setting in about(tap)["settings"]["properties"].items()
        if not name.startswith(OF_THE_SDK)
    }

    assert list(documented) == list(settings)
    for name, setting in settings.items():
        if "default" in setting:
            assert documented[name] == f"`{json.dumps(setting['default']).strip(chr(34))}`"
        else:
            assert "`" not in documented[name], f"{name} has no such default"


@each_tap
def test_the_streams_are_the_taps_with_their_keys_and_replication(tap: str, tmp_path: Path) -> None:
    settings = sandbox_settings(tap)
    reports = {report["name"] for report in settings.get("reports", [])}
    ways = [streams(tap, {**settings, **way}, tmp_path) for way in WAYS_TO_READ.get(tap, [{}])]

    documented = {
        row["stream"].strip("`"): (
            quoted_in(row["primary key"]),
            row["replication"].split(", or "),
            row["selected"] == "yes",
        )
        for row in readme_of(tap).rows("Streams")
        if row["stream"].startswith("`")
    }

    assert documented == {
        name: (
            stream["key_properties"],
            list(dict.fromkeys(replication(way[name]) for way in ways)),
            root(stream)["selected-by-default"],
        )
        for name, stream in ways[0].items()
        if name not in reports
    }


@each_tap
def test_messages_are_those_of_the_tap(tap: str) -> None:
    texts = texts_of(tap)
    quotations = [
        quotation
        for row in readme_of(tap).rows("When something goes wrong")
        for quotation in quoted_in(row["message"])
    ]

    assert quotations
    assert [quotation for quotation in quotations if not is_said(quotation, texts)] == []


def test_the_first_readme_counts_the_streams_of_each_tap() -> None:
    counted = {
        re.findall(r"\[(tap-[\w-]+)\]", row["tap"])[0]: int(row["streams"].split()[0])
        for row in Document(REPOSITORY / "README.md").rows("Singer taps")
    }

    assert counted == {
        tap: sum(row["stream"].startswith("`") for row in readme_of(tap).rows("Streams"))
        for tap in extractors()
    }


def test_the_first_readme_tells_what_was_measured() -> None:
    told = Document(REPOSITORY / "README.md").rows("How it compares")
    measured = {row["by"]: row for row in rows_of_results("2,000,000 hits")}

    assert [
        (row["page views, 2 million"], row["rows per second"], row["memory"]) for row in told
    ] == [
        (name, f"{round(number(row['rows/s']), -3):,}", f"{row['peak MiB']} MiB")
        for name, row in measured.items()
    ]


def rows_of_results(reads: str) -> list[dict[str, str]]:
    """Give the rows of the benchmarks' results about one thing that is read."""
    results = Document(REPOSITORY / "tests" / "benchmarks" / "RESULTS.md")
    read, found = "", []
    for row in results.rows("How fast the taps are"):
        read = row["reads"] or read
        if read == reads:
            found.append(row)
    return found


def number(text: str) -> int:
    """Read a number with commas between thousands."""
    return int(text.replace(",", ""))


def replication(stream: dict[str, Any]) -> str:
    """Say how a stream of a catalog is read, in the words of the READMEs."""
    if stream["replication_method"] == "FULL_TABLE":
        return "full table"
    return f"by `{stream['replication_key']}`"


def root(stream: dict[str, Any]) -> dict[str, Any]:
    """Give what a catalog says of a stream as a whole."""
    entry = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
    metadata: dict[str, Any] = entry["metadata"]
    return metadata
