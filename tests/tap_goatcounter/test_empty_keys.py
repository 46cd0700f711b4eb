"""Empty texts in primary keys, which some targets take for null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tap_goatcounter.places import view

if TYPE_CHECKING:
    from tests.tap_goatcounter.command_line import Tap
    from tests.tap_goatcounter.places import Place

STREAMS = ("browsers", "toprefs")


def test_an_unknown_browser_and_a_missing_referrer_are_empty_as_the_api_gives_them(
    place: Place, tap: Tap
) -> None:
    place.send([view("/", days_ago=1, session="one", user_agent="")])
    records = tap.succeed(place.settings(), *STREAMS).records
    assert [record["name"] for record in records["browsers"]] == [""]
    assert [record["name"] for record in records["toprefs"]] == [""]


def test_a_setting_says_what_stands_in_their_place(place: Place, tap: Tap) -> None:
    place.send([view("/", days_ago=1, session="one", user_agent="")])
    settings = place.settings(empty_key_text="(unknown)")
    records = tap.succeed(settings, *STREAMS).records
    assert [record["name"] for record in records["browsers"]] == ["(unknown)"]
    assert [record["name"] for record in records["toprefs"]] == ["(unknown)"]
