"""The JSON export of the newer server: an archive of tables and statistics."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.timestamps import format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tests.sandbox.goatcounter.call import Context
    from tests.sandbox.goatcounter.hits import Visit

Row = dict[str, object]


def write_archive(context: Context, folder: str, start: datetime | None) -> bytes:
    """Return the archive, with all files in one folder; statistics begin with a day."""
    archive = io.BytesIO()
    tables = {**_build_tables(context), **_count(context, start)}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(f"{folder}/info.json", json.dumps(_build_information(context)))
        for name, rows in tables.items():
            zipped.writestr(f"{folder}/{name}.jsonl", _format_lines(rows))
    return archive.getvalue()


def _build_information(context: Context) -> Row:
    user = context.token.user
    return {
        "export_version": "1.0",
        "goatcounter_version": context.state.version,
        "created_for": context.site.cname,
        "created_by": f"user_id={user.id} <{user.email}>",
        "created_at": format_time(context.now),
    }


def _build_tables(context: Context) -> dict[str, Iterable[Row]]:
    """Return what statistics refer to; browsers and systems are the whole server's."""
    store, site = context.state.store, context.site
    own = {visit.referrer_id for visit in store.visits[site.id]}
    paths = sorted(store.list_paths(site), key=lambda path: (path.path.encode(), path.id))
    return {
        "paths": (
            {"id": path.id, "path": path.path, "title": path.title}
            | ({"event": True} if path.event else {})
            for path in paths
        ),
        "refs": (
            {"id": number, "ref": referrer.name, "ref_scheme": referrer.scheme}
            for number, referrer in store.referrers
            if number in own
        ),
        "browsers": ({"id": number, **product._asdict()} for number, product in store.browsers),
        "systems": ({"id": number, **product._asdict()} for number, product in store.systems),
    }


def _count(context: Context, start: datetime | None) -> dict[str, Iterable[Row]]:
    store = context.state.store
    visitors = [
        visit
        for visit in store.visits[context.site.id]
        if visit.first and (start is None or visit.created_at >= start)
    ]
    values: dict[str, tuple[str, Callable[[Visit], object]]] = {
        "browser_stats": ("browser_id", lambda visit: store.browsers.id_of(visit.browser)),
        "system_stats": ("system_id", lambda visit: store.systems.id_of(visit.system)),
        "location_stats": ("location", lambda visit: visit.location),
        "size_stats": ("width", lambda visit: visit.width),
        "language_stats": ("language", lambda visit: visit.language),
    }
    hours = [
        {"hour": format_time(visit.hour), "path_id": visit.path.id, "ref_id": visit.referrer_id}
        for visit in visitors
    ]
    days = {
        name: [
            {"day": str(visit.hour.date()), "path_id": visit.path.id, field: value(visit)}
            for visit in visitors
        ]
        for name, (field, value) in values.items()
    }
    return {name: _sum_up(rows) for name, rows in {"hit_stats": hours, **days}.items()}


def _sum_up(keys: list[Row]) -> Iterable[Row]:
    """Yield visitors by key, ascending by time, which is the first part of every key."""
    counts = Counter(tuple(key.items()) for key in keys)
    for items, count in sorted(counts.items(), key=lambda entry: str(entry[0][0])):
        yield {**dict(items), "count": count}


def _format_lines(rows: Iterable[Row]) -> str:
    return "".join(
        json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows
    )
