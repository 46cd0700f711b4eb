"""The JSON export of the newer server: an archive of tables and statistics."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.sandbox.goatcounter.timestamps import format_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from tests.sandbox.goatcounter.accounts import Site, User
    from tests.sandbox.goatcounter.store import Store, Visit

FORMAT_VERSION = "1.0"

Row = dict[str, object]


@dataclass(frozen=True)
class Circumstances:
    """For whom, by whom and when an export is made."""

    site: Site
    user: User
    now: datetime
    server_version: str
    start: date | None = None
    """First day of the statistics; None for all."""


def write_archive(store: Store, circumstances: Circumstances, folder: str) -> bytes:
    """Return the archive, with all files in one folder."""
    site, start = circumstances.site, circumstances.start
    visitors = [
        visit
        for visit in store.list_visits(site)
        if visit.first and (start is None or visit.hour.date() >= start)
    ]
    files = {
        "info.json": json.dumps(_build_information(circumstances), indent=2),
        **{
            f"{name}.jsonl": _format_lines(rows)
            for name, rows in _build_tables(store, site).items()
        },
        **{f"{name}.jsonl": _format_lines(rows) for name, rows in _count(store, visitors).items()},
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(f"{folder}/{name}", text)
    return archive.getvalue()


def _build_information(circumstances: Circumstances) -> Row:
    user = circumstances.user
    return {
        "export_version": FORMAT_VERSION,
        "goatcounter_version": circumstances.server_version,
        "created_for": circumstances.site.cname,
        "created_by": f"user_id={user.id} <{user.email}>",
        "created_at": format_seconds(circumstances.now),
    }


def _build_tables(store: Store, site: Site) -> dict[str, Iterable[Row]]:
    """Return what statistics refer to; browsers and systems are the whole server's."""
    own = {visit.referrer_id for visit in store.list_visits(site)}
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


def _count(store: Store, visitors: list[Visit]) -> dict[str, Iterable[Row]]:
    return {
        "hit_stats": _count_by_key(
            visitors,
            lambda visit: {
                "hour": format_seconds(visit.hour),
                "path_id": visit.path.id,
                "ref_id": visit.referrer_id,
            },
        ),
        "browser_stats": _count_by_day(
            visitors,
            "browser_id",
            lambda visit: store.browsers.id_of(visit.browser),
        ),
        "system_stats": _count_by_day(
            visitors,
            "system_id",
            lambda visit: store.systems.id_of(visit.system),
        ),
        "location_stats": _count_by_day(visitors, "location", lambda visit: visit.location),
        "size_stats": _count_by_day(visitors, "width", lambda visit: visit.width),
        "language_stats": _count_by_day(visitors, "language", lambda visit: visit.language),
    }


def _count_by_day(
    visitors: list[Visit], name: str, value: Callable[[Visit], object]
) -> Iterable[Row]:
    return _count_by_key(
        visitors,
        lambda visit: {
            "day": visit.hour.date().isoformat(),
            "path_id": visit.path.id,
            name: value(visit),
        },
    )


def _count_by_key(visitors: list[Visit], key: Callable[[Visit], Row]) -> Iterable[Row]:
    """Yield visitors by key, ascending by time, which is the first part of every key."""
    counts = Counter(tuple(key(visit).items()) for visit in visitors)
    for items, count in sorted(counts.items(), key=lambda entry: str(entry[0][0])):
        yield {**dict(items), "count": count}


def _format_lines(rows: Iterable[Row]) -> str:
    return "".join(
        json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows
    )
