"""The data dictionary: a page per tap and a picture of its relations, made of the catalogs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.publishing.definition import discover_streams, read_sandbox_settings
from tests.publishing.relations import FOLDER, Relations, read_relations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.publishing.relations import Join

D2 = Path(sys.executable).with_name("d2")
"""The program that draws diagrams of text."""
HOW_TO_READ = """\
Made of the catalogs by `make docs`, with every stream and setting that adds columns. \
[relations.yaml](relations.yaml) says what joins what.

* A table is named after its stream, and its schema after the tap. Queries leave out the schema; \
`set schema = '{schema}'` names it in DuckDB, and `set search_path = {schema}` in PostgreSQL; \
there its name begins with `dev_` in the environment `dev`, and with `sandbox_` in `sandbox`.
* PostgreSQL wants names with capitals in quotation marks, such as `"createdBy"`; DuckDB takes \
them so.
* Bold columns are the primary key.
* A `date` is a text in DuckDB, as target-duckdb has no type for it: cast it, as shown below its \
table. PostgreSQL has dates. A `date-time` is in UTC without a zone in both.
* An `object` or `list` is JSON in both databases: `{json_example}`. Its members are listed below \
it, those of a list after `[]`.
* Columns are personal if the setting `include_personal_data`, where there is one, can leave them \
out.
"""
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


@dataclass(frozen=True)
class Column:
    """A column, or what stands in one.

    Attributes:
        path: Its name, with the names of what it stands in.
        schema: Its JSON Schema.
    """

    path: str
    schema: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Its type, in words."""
        kind = _find_type(self.schema)
        if kind == "list" and "items" in self.schema:
            return f"list of {_find_type(self.schema['items'])}"
        return kind


@dataclass(frozen=True)
class Table:
    """A table, as the catalog has its stream.

    Attributes:
        name: The stream's name.
        schema: The JSON Schema of its records.
        keys: Its primary key.
        is_selected: Whether it is read by default.
        impersonal: The paths that are left where nobody wants personal data.
    """

    name: str
    schema: Mapping[str, Any]
    keys: Sequence[str]
    is_selected: bool
    impersonal: frozenset[str]

    @cached_property
    def columns(self) -> list[Column]:
        """All columns, each before what stands in it."""
        return list(_list_columns(self.schema))

    @property
    def dates(self) -> list[str]:
        """The columns with days."""
        top = self.schema["properties"]
        return [name for name, schema in top.items() if _find_type(schema) == "date"]

    def is_personal(self, column: Column) -> bool:
        """Return whether a column is about persons."""
        return column.path not in self.impersonal


@dataclass(frozen=True)
class Dictionary:
    """What there is to know about the tables of a tap.

    Attributes:
        tap: Its name.
        tables: Its tables, by name.
        relations: How they join.
    """

    tap: str
    tables: Mapping[str, Table]
    relations: Relations

    @property
    def page(self) -> Path:
        """Where its page lies."""
        return FOLDER / f"{self.tap}.md"

    @property
    def picture(self) -> Path:
        """Where its picture lies."""
        return FOLDER / f"{self.tap}.svg"

    @property
    def schema(self) -> str:
        """The schema of a database that has the tables."""
        return self.tap.replace("-", "_")

    def to_markdown(self) -> str:
        """Return the page."""
        return "\n".join(
            [
                f"# What the data of {self.tap} mean",
                "",
                HOW_TO_READ.format(schema=self.schema, json_example=JSON_EXAMPLES[self.tap]),
                f"![The tables that join others, with the columns that do]({self.tap}.svg)",
                "",
                *self._write_notes(),
                "",
                *self._write_overview(),
                *(line for table in self.tables.values() for line in self._write_section(table)),
            ]
        )

    def to_svg(self) -> str:
        """Return the picture."""
        source = "\n".join(["direction: right", *self._draw_shapes(), *self._draw_edges(), ""])
        return draw(source)

    def _write_notes(self) -> Iterator[str]:
        hidden = next((join for join in self.relations.joins if not join.is_drawn), None)
        if hidden:
            columns = ", ".join(f"`{column}`" for column in hidden.source.columns)
            yield f"* Every table joins `{hidden.target.table}` by {columns}, which is not drawn."
        for note in self.relations.notes:
            yield f"* {note}"

    def _write_overview(self) -> Iterator[str]:
        yield "| table | what a record is | primary key | selected |"
        yield "|---|---|---|---|"
        for table in self.tables.values():
            keys = ", ".join(f"`{key}`" for key in table.keys)
            selected = "yes" if table.is_selected else "no"
            link = f"[`{table.name}`](#{table.name})"
            yield f"| {link} | {table.schema['description']} | {keys} | {selected} |"

    def _write_section(self, table: Table) -> Iterator[str]:
        yield from ("", f"## {table.name}", "", table.schema["description"])
        if not table.impersonal:
            yield "Without personal data, the stream does not exist."
        yield from (
            "",
            "| column | type | what it is | personal | joins |",
            "|---|---|---|---|---|",
        )
        joins = self._group_joins(table)
        for column in table.columns:
            name = f"`{column.path}`"
            cells = (
                f"**{name}**" if column.path in table.keys else name,
                column.type,
                column.schema["description"].replace("|", "\\|"),
                "yes" if table.is_personal(column) else "",
                ", ".join(joins.get(column.path, [])),
            )
            yield f"| {' | '.join(cells)} |".replace("|  ", "| ")
        if dates := table.dates:
            casts = ", ".join(f'cast("{name}" as date) as "{name}"' for name in dates)
            query = f"select * replace ({casts})\nfrom {table.name}"
            yield from ("", "With days as dates, in DuckDB:", "", "```sql", query, "```")

    def _group_joins(self, table: Table) -> dict[str, list[str]]:
        """Return the targets of a table's joins, each at the last column that leads there."""
        found: dict[str, list[str]] = {}
        for join in self.relations.select(table.name):
            columns = ", ".join(join.target.columns)
            unless = "" if join.is_complete else ", if it is there"
            text = f"[`{join.target.table}`](#{join.target.table}) by `{columns}`{unless}"
            found.setdefault(join.source.columns[-1], []).append(text)
        return found

    @property
    def _drawn(self) -> list[Join]:
        return [join for join in self.relations.joins if join.is_drawn]

    def _draw_shapes(self) -> Iterator[str]:
        """Yield the tables that join others, with the columns that it takes."""
        ends = [end for join in self._drawn for end in join.ends]
        foreign = {(join.source.table, join.source.columns[-1]) for join in self._drawn}
        for name in dict.fromkeys(end.table for end in ends):
            table = self.tables[name]
            wanted = {column for end in ends if end.table == name for column in end.columns}
            yield f'"{name}": {{shape: sql_table'
            for column in table.columns:
                marks = [
                    *(["primary_key"] if column.path in table.keys else []),
                    *(["foreign_key"] if (name, column.path) in foreign else []),
                ]
                if marks or column.path in wanted:
                    constraint = f" {{constraint: [{'; '.join(marks)}]}}" if marks else ""
                    yield f'  "{column.path}": {column.type}{constraint}'
            yield "}"

    def _draw_edges(self) -> Iterator[str]:
        for join in self._drawn:
            source, target = (f'"{end.table}"."{end.columns[-1]}"' for end in join.ends)
            yield f"{source} -> {target}"


@cache
def build_dictionary(tap: str) -> Dictionary:
    """Return the dictionary of a tap, as it discovers its streams for what the sandbox serves."""
    settings = {**read_sandbox_settings(tap), **WIDER_SETTINGS.get(tap, {})}
    with TemporaryDirectory() as directory:
        entries, impersonal = (
            discover_streams(
                tap, {**settings, **_find_personal_data(tap, wanted=wanted)}, Path(directory)
            )
            for wanted in (True, False)
        )
    tables = {
        name: Table(
            name,
            entry["schema"],
            entry["key_properties"],
            _is_selected(entry),
            _list_paths(impersonal[name]["schema"]) if name in impersonal else frozenset(),
        )
        for name, entry in entries.items()
    }
    columns = {name: _list_paths(table.schema) for name, table in tables.items()}
    return Dictionary(tap, tables, read_relations(tap, columns))


def draw(source: str) -> str:
    """Return the SVG of a diagram in D2."""
    program = [str(D2), "--layout=elk", "--pad=20", "--omit-version", "-", "-"]
    finished = subprocess.run(program, input=source, capture_output=True, text=True, check=True)
    return finished.stdout


def _find_personal_data(tap: str, *, wanted: bool) -> dict[str, bool]:
    """Return the setting for personal data; GoatCounter has none, and so no setting."""
    return {} if tap == "tap-goatcounter" else {"include_personal_data": wanted}


def _is_selected(entry: Mapping[str, Any]) -> bool:
    root = next(item for item in entry["metadata"] if not item["breadcrumb"])
    return bool(root["metadata"]["selected-by-default"])


def _list_paths(schema: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(column.path for column in _list_columns(schema))


def _list_columns(schema: Mapping[str, Any], prefix: str = "") -> Iterator[Column]:
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield Column(path, inner)
        yield from _list_columns(inner, f"{path}.")
        yield from _list_columns(inner.get("items", {}), f"{path}[].")


def _find_type(schema: Mapping[str, Any]) -> str:
    named = schema.get("type", "any")
    types = [named] if isinstance(named, str) else [name for name in named if name != "null"]
    format_ = schema.get("format")
    if types == ["string"] and format_ in {"date", "date-time"}:
        return str(format_)
    return " or ".join(TYPES.get(name, name) for name in types)
