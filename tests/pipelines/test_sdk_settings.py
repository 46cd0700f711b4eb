"""The settings that every tap of the SDK has reach it through Meltano, and have an effect."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from tests.sandbox.apparena import AppArena

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.meltano import Project
    from tests.pipelines.conftest import Site

Messages: TypeAlias = "dict[str, list[dict[str, Any]]]"
KEY = "key-of-an-agency"
MAX_LENGTH = 24


@pytest.fixture
def arena() -> AppArena:
    arena = AppArena()
    arena.add_key(KEY)
    return arena


@pytest.fixture
def read(arena: AppArena, project: Project) -> Iterator[Callable[..., Messages]]:
    """Read one stream through Meltano with further settings; gives the tap's messages by type."""
    with arena.serve() as url:

        def read(stream: str, **settings: Any) -> Messages:
            needed = {"api_url": url, "api_key": KEY, "_select": [f"{stream}.*"]}
            variables = {
                f"TAP_APPARENA_{name}".upper(): text if isinstance(text, str) else json.dumps(text)
                for name, text in {**needed, **settings}.items()
            }
            run = project.meltano("invoke", "tap-apparena", settings=variables)
            assert run.status == 0, run.story
            messages: Messages = {}
            for line in run.output.splitlines():
                message = json.loads(line)
                messages.setdefault(message["type"], []).append(message)
            return messages

        yield read


def test_a_stream_map_hashes_names(arena: AppArena, read: Callable[..., Messages]) -> None:
    names = [row["name"] for row in arena.data.customers_of(12)]

    messages = read(
        "customers",
        stream_maps={"customers": {"name": "sha256(config['salt'] + name)"}},
        stream_map_config={"salt": "pepper"},
    )

    assert {message["record"]["name"] for message in messages["RECORD"]} == {
        hashlib.sha256(f"pepper{name}".encode()).hexdigest() for name in names
    }


def test_flattening_makes_columns_of_objects(project: Project, site: Site) -> None:
    settings = {
        **site.settings,
        "TAP_GOATCOUNTER__SELECT": '["sites.*"]',
        "TAP_GOATCOUNTER_FLATTENING_ENABLED": "true",
        "TAP_GOATCOUNTER_FLATTENING_MAX_DEPTH": "1",
        "TAP_GOATCOUNTER_FLATTENING_SEPARATOR": "__of__",
        "TAP_GOATCOUNTER_FLATTENING_MAX_KEY_LENGTH": str(MAX_LENGTH),
    }

    run = project.meltano("invoke", "tap-goatcounter", settings=settings)

    assert run.status == 0, run.story
    schema = next(line for line in run.output.splitlines() if '"SCHEMA"' in line)
    names = set(json.loads(schema)["schema"]["properties"])
    assert {"ud__of__timezone", "ud__of__number_format"} <= names
    assert "user_defaults" not in names
    assert max(map(len, names)) <= MAX_LENGTH


def test_batches_are_files(read: Callable[..., Messages], arena: AppArena, tmp_path: Path) -> None:
    messages = read(
        "customers",
        batch_config={
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": tmp_path.as_uri()},
        },
    )

    assert "RECORD" not in messages
    rows = [
        json.loads(line)
        for message in messages["BATCH"]
        for address in message["manifest"]
        for line in gzip.decompress(Path(address.removeprefix("file://")).read_bytes()).splitlines()
    ]
    assert {row["companyId"] for row in rows} == {
        row["companyId"] for row in arena.data.customers_of(12)
    }
