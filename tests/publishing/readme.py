"""The tables of settings and streams in the READMEs of the taps.

Names, defaults, keys, replication and selection come from the tap. All other columns are written by
hand and kept.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.meltano import REPOSITORY
from tests.publishing.definition import (
    describe_tap,
    discover_streams,
    find_root,
    read_sandbox_settings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, str]

OF_THE_SDK = ("stream_map", "faker_config", "flattening_", "batch_")
"""Settings that begin so are in every tap, and in no README."""
WAYS_TO_READ: dict[str, list[dict[str, Any]]] = {
    "tap-apparena": [{}, {"incremental_mode": "new_ids"}],
}
"""Settings that change which streams are incremental."""


def write_readme(tap: str) -> str:
    """Return the README of a tap with tables as they should be."""
    text = (REPOSITORY / tap / "README.md").read_text(encoding="utf-8")
    text = _update_table(text, "Settings", "setting", _list_settings(tap))
    return _update_table(text, "Streams", "stream", _list_streams(tap))


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
    ways = [discover_streams(tap, {**settings, **way}) for way in WAYS_TO_READ.get(tap, [{}])]
    for name, stream in ways[0].items():
        if name not in named_by_user:
            replications = dict.fromkeys(_describe_replication(way[name]) for way in ways)
            yield {
                "stream": f"`{name}`",
                "primary key": ", ".join(f"`{key}`" for key in stream["key_properties"]),
                "replication": ", or ".join(replications),
                "selected": "yes" if find_root(stream)["selected-by-default"] else "no",
            }


def _describe_replication(stream: Mapping[str, Any]) -> str:
    if stream["replication_method"] == "FULL_TABLE":
        return "full table"
    return f"by `{stream['replication_key']}`"


def _update_table(text: str, heading: str, key: str, rows: Iterable[Row]) -> str:
    """Return a document in which the first table below a heading has rows as generated."""
    section = re.compile(rf"^## {heading}\n.*?((?:^\|[^\n]*\n)+)", re.MULTILINE | re.DOTALL)
    found = section.search(text)
    assert found, heading
    merged = _merge(_parse(found[1]), key, {row[key]: row for row in rows})
    head, *body = (_format_line(cells) for cells in (merged[0], *(row.values() for row in merged)))
    table = "\n".join([head, f"|{'---|' * len(merged[0])}", *body, ""])
    return text[: found.start(1)] + table + text[found.end(1) :]


def _merge(written: list[Row], key: str, generated: Mapping[str, Row]) -> list[Row]:
    """Return rows in the order in which they are written, new ones last.

    Rows whose name is not code stand for what only a user can name, and stay.
    """
    empty = dict.fromkeys(written[0], "")
    known = {row[key] for row in written}
    return [
        *(
            _update_row(row, generated[row[key]]) if row[key] in generated else row
            for row in written
            if row[key] in generated or not row[key].startswith("`")
        ),
        *({**empty, **row} for name, row in generated.items() if name not in known),
    ]


def _update_row(written: Row, generated: Row) -> Row:
    """Return a row with the cells that are written by hand; a default in code is none of them."""
    kept = {
        column: cell
        for column, cell in written.items()
        if column == "what it does"
        or (column not in generated and not (column == "default" and cell.startswith("`")))
    }
    return {**dict.fromkeys(written, ""), **generated, **kept}


def _format_line(cells: Iterable[str]) -> str:
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def _parse(table: str) -> list[Row]:
    head, _, *rows = (
        [cell.strip() for cell in line[1:-1].split("|")] for line in table.splitlines()
    )
    return [dict(zip(head, row, strict=True)) for row in rows]
