"""Files of hits that DuckDB reads by itself, as the documentation shows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import duckdb

from tests.meltano import REPOSITORY
from tests.tap_goatcounter.exports import get_bookmark
from tests.tap_goatcounter.servers import make_view

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tap_goatcounter.conftest import Tap
    from tests.tap_goatcounter.servers import Sandbox

PAGE = REPOSITORY / "docs/into-databases.md"
TITLES = ('Prices, "plans"', "☃ \u2028 🐐", "", "back\\slash", "line\nbreak")


def load(folder: Path, database: Path) -> None:
    """Load all files of a folder with the SQL of the documentation."""
    sql = PAGE.read_text(encoding="utf-8").split("```sql\n")[1].split("```")[0]
    with duckdb.connect(str(database)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(sql.replace("/var/tmp/batches", str(folder)))  # noqa: S108


def read(database: Path) -> list[dict[str, Any]]:
    """Read the table."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        table = connection.table("tap_goatcounter.hits")
        rows = table.order("export_cursor, row_number").fetchall()
        return [dict(zip(table.columns, row, strict=True)) for row in rows]


def test_duckdb_holds_what_records_say_however_often_the_files_are_loaded(
    newer: Sandbox, command: Tap, tmp_path: Path
) -> None:
    newer.add(
        *(
            make_view(f"/{number}", session=str(number), title=title)
            for number, title in enumerate(TITLES)
        )
    )
    folder, database = tmp_path / "batches", tmp_path / "warehouse.duckdb"
    by_records = command.succeed(newer.settings(), "hits")
    batch_config = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": folder.as_uri()},
        "batch_size": 2,
    }

    by_files = command.succeed(newer.settings(batch_config=batch_config), "hits")
    assert len(list(folder.iterdir())) == 3
    load(folder, database)
    load(folder, database)

    wanted = [
        {**hit, "date": datetime.fromisoformat(hit["date"]), "export_id": ANY}
        for hit in by_records.records["hits"]
    ]
    assert read(database) == wanted
    assert get_bookmark(by_files) == get_bookmark(by_records) == len(TITLES)
