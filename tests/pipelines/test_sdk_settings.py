"""The settings that every tap of the SDK has reach it through Meltano, and have an effect."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.meltano import Project
    from tests.pipelines.conftest import Site

MAX_LENGTH = 24


def test_stream_maps_flattening_and_batches_have_an_effect(
    project: Project, site: Site, state: dict[str, str], tmp_path: Path
) -> None:
    batch_config = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri()},
    }
    settings = {
        **state,
        **site.settings,
        "TAP_GOATCOUNTER__SELECT": '["sites.*"]',
        "TAP_GOATCOUNTER_STREAM_MAPS": '{"sites": {"cname": "sha256(config[\'salt\'] + cname)"}}',
        "TAP_GOATCOUNTER_STREAM_MAP_CONFIG": '{"salt": "pepper"}',
        "TAP_GOATCOUNTER_FLATTENING_ENABLED": "true",
        "TAP_GOATCOUNTER_FLATTENING_MAX_DEPTH": "1",
        "TAP_GOATCOUNTER_FLATTENING_SEPARATOR": "__of__",
        "TAP_GOATCOUNTER_FLATTENING_MAX_KEY_LENGTH": str(MAX_LENGTH),
        "TAP_GOATCOUNTER_BATCH_CONFIG": json.dumps(batch_config),
    }

    run = project.meltano("invoke", "tap-goatcounter", settings=settings)

    assert run.status == 0, run.story
    messages = {message["type"]: message for message in map(json.loads, run.output.splitlines())}
    names = set(messages["SCHEMA"]["schema"]["properties"])
    assert {"ud__of__timezone", "ud__of__number_format"} <= names
    assert "user_defaults" not in names
    assert max(map(len, names)) <= MAX_LENGTH
    assert "RECORD" not in messages
    (address,) = messages["BATCH"]["manifest"]
    (line,) = gzip.decompress(Path(address.removeprefix("file://")).read_bytes()).splitlines()
    row = json.loads(line)
    assert row.keys() <= names
    assert row["cname"] == hashlib.sha256(b"pepper127.0.0.1").hexdigest()
