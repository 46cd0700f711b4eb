"""Empty texts in primary keys, which some targets take for null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tap_goatcounter.servers import view

if TYPE_CHECKING:
    from tests.tap_goatcounter.command_line import TapInProcess
    from tests.tap_goatcounter.servers import Server

STREAMS = ("browsers", "toprefs")


def test_an_unknown_browser_and_a_missing_referrer_are_empty_as_the_api_gives_them(
    server: Server, tap: TapInProcess
) -> None:
    server.send([view("/", days_ago=1, session="one", user_agent="")])
    records = tap.succeed(server.settings(), *STREAMS).records
    assert [record["name"] for record in records["browsers"]] == [""]
    assert [record["name"] for record in records["toprefs"]] == [""]


def test_a_setting_says_what_stands_in_their_place(server: Server, tap: TapInProcess) -> None:
    server.send([view("/", days_ago=1, session="one", user_agent="")])
    settings = server.settings(empty_key_text="(unknown)")
    records = tap.succeed(settings, *STREAMS).records
    assert [record["name"] for record in records["browsers"]] == ["(unknown)"]
    assert [record["name"] for record in records["toprefs"]] == ["(unknown)"]
