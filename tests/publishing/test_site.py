"""The pages of the site fit together: every link leads somewhere, every page can be found."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.publishing.site import (
    CONFIG,
    FILES,
    LIBRARY,
    SiteError,
    check_navigation,
    collect_pages,
    find_places,
    move_links,
)

ZENSICAL = Path(sys.executable).with_name("zensical")
LOADED = re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(https?://[^"' >]+)""")

PLACES = {
    "docs/every-night.md": "every-night.md",
    "tap-x/README.md": "taps/tap-x.md",
    "docs/demo.svg": "demo.svg",
}


@pytest.mark.long(seconds=10)
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    collect_pages(tmp_path)
    config = CONFIG.read_text(encoding="utf-8").replace(
        'paths = ["singer-tapkit"]', f'paths = ["{LIBRARY}"]'
    )
    (tmp_path / CONFIG.name).write_text(config, encoding="utf-8")

    subprocess.run([ZENSICAL, "build", "--strict"], cwd=tmp_path, check=True, capture_output=True)

    pages = {
        page: page.read_text(encoding="utf-8") for page in tmp_path.glob("site/html/**/*.html")
    }
    client = pages[tmp_path / "site/html/library/client/index.html"]
    assert "Sends requests to an API" in client
    assert {address for text in pages.values() for address in LOADED.findall(text)} == set()


def test_links_between_pages_lead_to_their_places_in_the_site() -> None:
    text = "[cron](../docs/every-night.md#cron), ![The demo](../docs/demo.svg)"

    moved = move_links(text, "tap-x/README.md", PLACES)

    assert moved == "[cron](../every-night.md#cron), ![The demo](../demo.svg)"


def test_links_to_other_files_lead_to_the_repository() -> None:
    moved = move_links("[the project](../meltano.yml)", "docs/every-night.md", PLACES)

    assert moved == f"[the project]({FILES}/meltano.yml)"


def test_addresses_anchors_and_code_stay_as_they_are() -> None:
    text = "[a](https://example.com/x.md) [b](#settings)\n\n```\n[c](gone.md)\n```\n"

    assert move_links(text, "docs/every-night.md", PLACES) == text


def test_a_link_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(SiteError, match=r"docs/every-night\.md links to gone\.md"):
        move_links("[x](gone.md)", "docs/every-night.md", PLACES)


def test_a_page_that_cannot_be_reached_is_an_error() -> None:
    pages = ["index.md", "demo.svg", "taps/tap-x.md"]

    with pytest.raises(SiteError, match=r"does not list taps/tap-x\.md"):
        check_navigation(pages, [{"Start": ["index.md"]}])
    check_navigation(pages, [{"Start": ["index.md", {"Taps": [{"X": "taps/tap-x.md"}]}]}])


def test_a_page_in_the_navigation_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(SiteError, match=r"lists gone\.md, which does not exist"):
        check_navigation(["index.md"], ["index.md", "gone.md"])


def test_every_tap_has_a_page_and_its_changes() -> None:
    places = find_places()

    assert places["tap-gotom/README.md"] == "taps/tap-gotom.md"
    assert places["tap-gotom/CHANGELOG.md"] == "changes/tap-gotom.md"
