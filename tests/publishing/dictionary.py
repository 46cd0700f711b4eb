"""The data dictionary: a page per tap and a picture of its relations, made of the catalogs."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tests.meltano import REPOSITORY
from tests.publishing.definition import discover_streams, find_root, read_sandbox_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = REPOSITORY / "docs/data"
D2 = Path(sys.executable).with_name("d2")
"""The program that draws diagrams of text."""
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
JSON_EXAMPLES = {
    "tap-apparena": "meta ->> 'type'",
    "tap-goatcounter": "settings ->> 'public'",
    "tap-gotom": "customer ->> 'entityExternalCrmId'",
    "tap-studio-openapi": "\"classInformation\" ->> 'title'",
}
WIDER_SETTINGS: dict[str, dict[str, Any]] = {
    "tap-studio-openapi": {"include_expiring_urls": True},
}
"""Settings with which a catalog has all columns there are."""
TYPES = {"string": "text", "array": "list"}
JOIN = re.compile(r"(\*|\w+)\.(\S+) ([-~])> (\w+)\.(\S+)")


class Column(NamedTuple):
    """A column, or what stands in one.

    Attributes:
        path: Its name, with the names of what it stands in.
        type: Its type, in words.
        description: What it is.
        is_personal: Whether it is about persons.
    """

    path: str
    type: str
    description: str
    is_personal: bool


@dataclass(frozen=True)
class Table:
    """A table, as the catalog has its stream.

    Attributes:
        name: The stream's name.
        description: What a record is.
        keys: Its primary key.
        is_selected: Whether it is read by default.
        is_personal: Whether it does not exist without personal data.
        columns: All columns, each before what stands in it.
    """

    name: str
    description: str
    keys: Sequence[str]
    is_selected: bool
    is_personal: bool
    columns: Sequence[Column]

    @property
    def dates(self) -> list[str]:
        """The columns with days."""
        columns = (column for column in self.columns if "." not in column.path)
        return [column.path for column in columns if column.type == "date"]

    @property
    def paths(self) -> set[str]:
        """The names of all columns."""
        return {column.path for column in self.columns}


class End(NamedTuple):
    """One side of a join: a table, and columns, each a path such as ``flightTags[].id``."""

    table: str
    columns: tuple[str, ...]


class Join(NamedTuple):
    """Columns by which each row of a table leads to a row of another one.

    Attributes:
        source: Where the rows are.
        target: Where they lead.
        is_complete: Whether there always is such a row.
        is_drawn: Whether the picture shows it.
    """

    source: End
    target: End
    is_complete: bool
    is_drawn: bool


@dataclass(frozen=True)
class Dictionary:
    """What there is to know about the tables of a tap.

    Attributes:
        tap: Its name.
        tables: Its tables, by name.
        joins: How they join.
        notes: What to know about that.
    """

    tap: str
    tables: Mapping[str, Table]
    joins: Sequence[Join]
    notes: Sequence[str]

    def to_markdown(self) -> str:
        """Return the page."""
        example = JSON_EXAMPLES[self.tap]
        return self._render(
            "dictionary.md", schema=self.tap.replace("-", "_"), json_example=example
        )

    def to_svg(self) -> str:
        """Return the picture of the tables that join others, with the columns that it takes."""
        joins = [join for join in self.joins if join.is_drawn]
        drawn: dict[str, set[str]] = {}
        for table, columns in (end for join in joins for end in (join.source, join.target)):
            drawn.setdefault(table, set()).update(columns)
        foreign = {(join.source.table, join.source.columns[-1]) for join in joins}
        return draw(self._render("dictionary.d2", drawn=drawn, foreign=foreign))

    def _render(self, name: str, **more: Any) -> str:
        return TEMPLATES.get_template(f"{name}.jinja").render(vars(self), **more)


@cache
def build_dictionary(tap: str) -> Dictionary:
    """Return the dictionary of a tap, as it discovers its streams for what the sandbox serves."""
    settings = {**read_sandbox_settings(tap), **WIDER_SETTINGS.get(tap, {})}
    entries, impersonal = (
        discover_streams(tap, {**settings, **_find_personal_data(tap, wanted=wanted)})
        for wanted in (True, False)
    )
    tables = {
        name: _build_table(entry, impersonal.get(name, {}).get("schema", {}))
        for name, entry in entries.items()
    }
    declared = yaml.safe_load((FOLDER / "relations.yaml").read_text(encoding="utf-8"))[tap]
    joins = [
        join
        for kind in ("joins", "everywhere")
        for text in declared.get(kind, ())
        for join in _read_joins(text, tables, is_drawn=kind == "joins")
    ]
    return Dictionary(tap, tables, joins, declared["notes"])


def draw(source: str) -> str:
    """Return the SVG of a diagram in D2."""
    program = [str(D2), "--layout=elk", "--pad=20", "--omit-version", "-", "-"]
    finished = subprocess.run(program, input=source, capture_output=True, text=True, check=True)
    return finished.stdout


def _find_personal_data(tap: str, *, wanted: bool) -> dict[str, bool]:
    """Return the setting for personal data; GoatCounter has none, and so no setting."""
    return {} if tap == "tap-goatcounter" else {"include_personal_data": wanted}


def _build_table(entry: Mapping[str, Any], impersonal: Mapping[str, Any]) -> Table:
    """Return a table by its entry in the catalog, and its schema without personal data."""
    others = {path for path, _ in _list_properties(impersonal)}
    return Table(
        entry["tap_stream_id"],
        entry["schema"].get("description", ""),
        entry["key_properties"],
        is_selected=find_root(entry)["selected-by-default"],
        is_personal=not others,
        columns=[
            Column(path, _name_type(schema), schema.get("description", ""), path not in others)
            for path, schema in _list_properties(entry["schema"])
        ],
    )


def _list_properties(
    schema: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield all properties at any depth, each with its path and before what stands in it."""
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield path, inner
        yield from _list_properties(inner, f"{path}.")
        yield from _list_properties(inner.get("items", {}), f"{path}[].")


def _name_type(schema: Mapping[str, Any]) -> str:
    named = schema.get("type", "any")
    types = [named] if isinstance(named, str) else [name for name in named if name != "null"]
    if types == ["string"] and schema.get("format") in {"date", "date-time"}:
        return str(schema["format"])
    if types == ["array"] and "items" in schema:
        return f"list of {_name_type(schema['items'])}"
    return " or ".join(TYPES.get(name, name) for name in types)


def _read_joins(text: str, tables: Mapping[str, Table], *, is_drawn: bool) -> Iterator[Join]:
    """Yield what is declared in a line, whose ``*`` stands for each table with such columns."""
    if not (found := JOIN.fullmatch(text)):
        raise ValueError(f"relations.yaml: {text!r} is no join")
    left, columns, arrow, right, targets = found.groups()
    source, target = tuple(columns.split(",")), End(right, tuple(targets.split(",")))
    joined = [left] if left != "*" else [t for t in tables if t != right]
    for table in joined:
        if left != "*" or tables[table].paths.issuperset(source):
            yield Join(End(table, source), target, arrow == "-", is_drawn)
