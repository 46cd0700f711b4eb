"""The README's tables say what the tap really has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tap_studio_openapi.schemas import like
from tap_studio_openapi.streams import STREAMS
from tests.meltano import REPOSITORY
from tests.publishing.readme import quoted_in, readme_of

if TYPE_CHECKING:
    from tap_studio_openapi.streams.base import StudioStream

README = readme_of("tap-studio-openapi")
ENDPOINTS = REPOSITORY / "tap-studio-openapi" / "endpoints.json"


def test_the_stream_table_has_the_scopes() -> None:
    documented = {
        row["stream"].strip("`"): quoted_in(row["scope"]) for row in README.rows("Streams")
    }

    assert documented == {vars(stream)["name"]: list(stream.scopes) for stream in STREAMS}


def test_scopes_are_those_of_the_endpoints() -> None:
    endpoints = {
        like(entry["path"]): entry["scopes"]
        for entry in json.loads(ENDPOINTS.read_text(encoding="utf-8"))
        if entry["method"] == "GET"
    }
    assert {path_of(stream): list(stream.scopes) for stream in STREAMS} == {
        path_of(stream): endpoints[like(path_of(stream))] for stream in STREAMS
    }


def test_every_endpoint_is_a_stream_or_left_out_for_a_reason() -> None:
    endpoints = {
        f"{entry['method']} {like(entry['path'])}"
        for entry in json.loads(ENDPOINTS.read_text(encoding="utf-8"))
    }
    streams = {f"GET {like(path_of(stream))}" for stream in STREAMS}
    left_out = {like(row["endpoint"].strip("`")): row["why"] for row in README.rows("Left out")}

    assert endpoints <= streams | left_out.keys()
    assert not streams & left_out.keys()
    assert all(left_out.values())


def path_of(stream: type[StudioStream]) -> str:
    path: str = vars(stream)["path"]
    return path
