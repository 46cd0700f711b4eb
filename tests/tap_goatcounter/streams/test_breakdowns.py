"""Lists by day, and the lists within their rows, when they are not as usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.goatcounter import Generation
from tests.tap_goatcounter.servers import get_day, make_view

if TYPE_CHECKING:
    from tests.tap_goatcounter.conftest import OpenSandbox
    from tests.tap_goatcounter.servers import Sandbox


def serve(sandbox: Sandbox, path: str, *pages: list[dict[str, Any]]) -> None:
    """Answer for a list of yesterday with these pages."""
    offset = 0
    for number, rows in enumerate(pages, start=1):
        body, at = {"stats": rows, "more": number < len(pages)}, str(offset)
        sandbox.disturb(
            f"/stats/{path}", body, when=lambda request, at=at: request.query["offset"] == [at]
        )
        offset += len(rows)


def build_counts(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, "count": 5, **more} for name in names]


def get_start() -> str:
    return f"{get_day(1)}T00:00:00Z"


def test_a_row_on_two_pages_shows_that_the_list_has_shifted(newer: Sandbox) -> None:
    serve(newer, "browsers", build_counts("Firefox", "Safari"), build_counts("Safari"))
    run = newer.fail_to_read("browsers", start_date=get_start())
    assert "shifted" in run.error
    assert run.output.bookmark("browsers", site_id=1) is None


def test_a_detail_on_two_pages_is_not_counted_twice(newer: Sandbox) -> None:
    serve(newer, "browsers", build_counts("Firefox", id="Firefox"))
    serve(newer, "browsers/Firefox", build_counts("Firefox 140"), build_counts("Firefox 140"))
    run = newer.fail_to_read("browser_versions", start_date=get_start())
    assert "shifted" in run.error
    assert run.records["browser_versions"] == []


@pytest.mark.parametrize(
    ("page", "stream", "name"),
    [("browsers", "browser_versions", "Chrome"), ("sizes", "size_widths", "")],
)
def test_a_row_without_its_id_is_not_passed_over(
    newer: Sandbox, page: str, stream: str, name: str
) -> None:
    serve(newer, page, build_counts(name))
    run = newer.fail_to_read(stream, start_date=get_start())
    assert "a row that has no id" in run.error
    assert run.output.bookmark(stream, site_id=1) is None


def test_visitors_of_unknown_browsers_have_no_versions(newer: Sandbox) -> None:
    serve(newer, "browsers", build_counts(""))
    assert newer.read("browser_versions", start_date=get_start()).records["browser_versions"] == []


def test_regions_without_a_name_are_summed_up(newer: Sandbox) -> None:
    serve(newer, "locations", build_counts("Ireland", id="IE"))
    serve(newer, "locations/IE", [*build_counts("", "Leinster", "")])
    found = newer.read("regions", start_date=get_start()).records["regions"]
    assert [(row["id"], row["name"], row["count"]) for row in found] == [
        ("IE", "", 10),
        ("IE", "Leinster", 5),
    ]


def test_details_are_asked_for_by_ids_as_the_server_reads_them(newer: Sandbox) -> None:
    for ref in ("a b", "ümläut", "x&y=1", "blog.example/post", ".", ".."):
        newer.add(make_view("/p", days_ago=1, session=ref, ref=ref))
    run = newer.read("topref_paths", start_date=get_start())
    assert {row["id"] for row in run.records["topref_paths"]} == {"a b", "ümläut", "x&y=1"}


@pytest.mark.parametrize("stream", ["toprefs", "topref_paths"])
@pytest.mark.parametrize(("referrers", "is_warned"), [(12, True), (11, False), (3, False)])
def test_more_referrers_than_the_server_hands_out_on_four_pages_are_a_warning(
    open_sandbox: OpenSandbox, stream: str, referrers: int, *, is_warned: bool
) -> None:
    sandbox = open_sandbox(Generation.V2_7, api_max=3)
    for number in range(referrers + is_warned):
        sandbox.add(make_view("/p", days_ago=1, session=str(number), ref=f"r{number}"))
    run = sandbox.read(stream, start_date=get_start())
    assert len(run.records[stream]) == referrers
    assert (f"than the {referrers} that" in run.log) == is_warned
