"""The tables of settings and streams in the READMEs of the taps.

Names, defaults, keys, replication and selection come from the tap. All other columns are written by
hand and kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.meltano import REPOSITORY
from tests.publishing.definition import describe_tap, discover_streams, read_sandbox_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, str]

TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
OF_THE_SDK = ("stream_map", "faker_config", "flattening_", "batch_")
"""Settings that begin so are in every tap, and in no README."""
WAYS_TO_READ: dict[str, list[dict[str, Any]]] = {
    "tap-apparena": [{}, {"incremental_mode": "new_ids"}],
}
"""Settings that change which streams are incremental."""


@dataclass(frozen=True)
class Document:
    """A document in Markdown.

    Attributes:
        path: Its file.
    """

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    def read_section(self, heading: str) -> str:
        """Return what stands below a heading of any level, up to the next of the highest."""
        _, below = re.split(rf"^#+ {re.escape(heading)}\n", self.text, flags=re.MULTILINE)
        return re.split(r"^## ", below, maxsplit=1, flags=re.MULTILINE)[0]

    def read_rows(self, heading: str, table: int = 0) -> list[Row]:
        """Return the rows of a table below a heading, by the names of its columns.

        Args:
            heading: The heading.
            table: Which one of its tables.
        """
        return _parse(TABLE.findall(self.read_section(heading))[table])


def find_readme(tap: str) -> Document:
    """Return the README of a tap."""
    return Document(REPOSITORY / tap / "README.md")


def write_readme(tap: str) -> str:
    """Return the README of a tap with tables as they should be."""
    readme = find_readme(tap)
    settings = _merge(readme.read_rows("Settings"), "setting", _list_settings(tap))
    found = _merge(readme.read_rows("Streams"), "stream", _list_streams(tap))
    text = _replace_table(readme.text, "Settings", settings)
    return _replace_table(text, "Streams", found)


def _list_settings(tap: str) -> Iterator[Row]:
    for name, setting in describe_tap(tap)["settings"]["properties"].items():
        if not name.startswith(OF_THE_SDK):
            row = {"setting": f"`{name}`", "what it does": setting["description"]}
            if "default" in setting:
                row["default"] = f"`{json.dumps(setting['default']).strip(chr(34))}`"
            yield row


def _list_streams(tap: str) -> Iterator[Row]:
    """Yield the streams of a catalog but those that a user names."""
    settings = read_sandbox_settings(tap)
    named_by_user = {report["name"] for report in settings.get("reports", [])}
    with TemporaryDirectory() as directory:
        ways = [
            discover_streams(tap, {**settings, **way}, Path(directory))
            for way in WAYS_TO_READ.get(tap, [{}])
        ]
    for name, stream in ways[0].items():
        if name not in named_by_user:
            root = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
            yield {
                "stream": f"`{name}`",
                "primary key": ", ".join(f"`{key}`" for key in stream["key_properties"]),
                "replication": ", or ".join(
                    dict.fromkeys(_describe_replication(way[name]) for way in ways)
                ),
                "selected": "yes" if root["metadata"]["selected-by-default"] else "no",
            }


def _describe_replication(stream: Mapping[str, Any]) -> str:
    if stream["replication_method"] == "FULL_TABLE":
        return "full table"
    return f"by `{stream['replication_key']}`"


def _merge(written: list[Row], name: str, generated: Iterable[Row]) -> list[Row]:
    """Return rows in the order in which they are written, new ones last.

    Rows whose name is not code stand for what only a user can name, and stay.
    """
    fresh = {row[name]: row for row in generated}
    kept = [row for row in written if row[name] in fresh or not row[name].startswith("`")]
    empty = dict.fromkeys(written[0], "")
    known = {row[name] for row in kept}
    return [
        *(
            {**empty, **fresh.get(row[name], {}), **_select_handwritten(row, name, fresh)}
            for row in kept
        ),
        *({**empty, **row} for row in fresh.values() if row[name] not in known),
    ]


def _select_handwritten(written: Row, name: str, generated: Mapping[str, Row]) -> Row:
    """Return the cells that are written by hand; a default in code is none of them."""
    row = generated.get(written[name])
    if row is None:
        return written
    mechanical = row.keys() - {"what it does"}
    return {
        column: cell
        for column, cell in written.items()
        if column not in mechanical and not (column == "default" and cell.startswith("`"))
    }


def _replace_table(text: str, heading: str, rows: list[Row]) -> str:
    before, title, after = text.partition(f"\n## {heading}\n")
    head, *body = (_format_line(cells) for cells in (rows[0], *(row.values() for row in rows)))
    table = "\n".join([head, f"|{'---|' * len(rows[0])}", *body, ""])
    return before + title + TABLE.sub(lambda _: table, after, count=1)


def _format_line(cells: Iterable[str]) -> str:
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def _parse(table: str) -> list[Row]:
    head, _, *rows = table.splitlines()
    names = _split_cells(head)
    return [dict(zip(names, _split_cells(row), strict=True)) for row in rows]


def _split_cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip()[1:-1].split("|")]
