"""A Meltano project that loads a chain of studios into PostgreSQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import yaml
from psycopg import sql
from psycopg.rows import dict_row

from tests.meltano import Project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.pipelines.postgresql import Database

TAP, LOADER = "tap-studio-openapi", "target-postgres"
JOB = "studios"
SCHEMA = "dev_tap_studio_openapi"


def make_project(directory: Path, slices: int, max_processes: int) -> Project:
    """Make a project with one job and its schedule."""
    project = Project(directory)
    file = directory / "meltano.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for plugin in (*content["plugins"]["extractors"], *content["plugins"]["loaders"]):
        if plugin["name"] == TAP:
            plugin["annotations"] = {"orchestration": {"slices": slices}}
        if plugin["name"] == LOADER:
            plugin["annotations"] = {"orchestration": {"max_processes": max_processes}}
    content["jobs"] = [{"name": JOB, "tasks": [f"{TAP} {LOADER}"]}]
    content["schedules"] = [{"name": "nightly", "interval": "@daily", "job": JOB}]
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return project


def write_connections(directory: Path, url: str, keys: Mapping[str, str]) -> Path:
    """Write the file that lists studios, by their names."""
    file = directory / "connections.json"
    connections = [{"name": name, "base_url": url, "api_key": key} for name, key in keys.items()]
    file.write_text(json.dumps(connections), encoding="utf-8")
    return file


def read_tables(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of all tables, without what differs between any two loads."""
    with psycopg.connect(database.address, row_factory=dict_row) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = %s", [SCHEMA]
        ).fetchall()
        tables = {
            name["table_name"]: connection.execute(
                sql.SQL("select * from {}").format(sql.Identifier(SCHEMA, name["table_name"]))
            ).fetchall()
            for name in names
        }
    return {
        table: [
            {name: row[name] for name in row if not name.startswith(("_sdc_", "extracted_at"))}
            for row in rows
        ]
        for table, rows in tables.items()
    }
