"""What apps and templates of the sandbox's App-Arena inherit, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.apparena import APP, TEMPLATE, VERSION, AppArena, Owner

if TYPE_CHECKING:
    from tests.sandbox.apparena_client import Client


def levels(rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The ids by which rows name the level that they come from."""
    names = ("appId", "templateId", "projectId", "version")
    return {key: {name: row[name] for name in names if name in row} for key, row in rows.items()}


def test_rows_come_from_the_closest_level(client: Client) -> None:
    version = {"projectId": 44, "version": "2.1.0"}
    rows = client.data("apps/41207/configs")
    assert levels(rows) == {
        "color_primary": {"templateId": 311},
        "ends": version,
        "headline": {"appId": 41207},
        "layout": {"templateId": 310},
        "networks": version,
        "show_ranking": version,
        "stage": version,
        "terms": version,
        "theme": version,
    }
    assert rows["headline"]["value"] == "Wahl zum Hafenfoto"
    assert rows["color_primary"]["value"] == "#0A5C8C"
    assert rows["layout"]["value"] == "list"


def test_templates_inherit_from_templates(client: Client) -> None:
    assert levels(client.data("templates/312/configs"))["color_primary"] == {"templateId": 311}
    assert levels(client.data("templates/310/configs"))["color_primary"] == {"templateId": 310}
    assert levels(client.data("apps/41212/infos"))["user_limit"] == {"templateId": 311}
    assert client.data("templates/310/infos")["user_limit"]["value"] == "100"


def test_single_settings_are_inherited_too(client: Client) -> None:
    assert client.data("apps/41208/configs/layout")["templateId"] == 310
    assert client.data("apps/41208/infos/base_url")["value"] == "https://vote.example.com/"
    assert client.data("templates/311/configs/terms")["version"] == "2.1.0"


def test_links_lead_to_the_level_of_a_row(client: Client) -> None:
    configs = client.data("apps/41207/configs")
    assert configs["headline"]["_links"] == {
        "app": {"href": f"{client.url}apps/41207"},
        "config": {"href": f"{client.url}apps/41207/configs/headline"},
    }
    assert configs["layout"]["_links"] == {"template": {"href": f"{client.url}templates/310"}}
    assert configs["terms"]["_links"] == {
        "version": {"href": f"{client.url}projects/44/versions/2.1"}
    }


def test_a_language_wins_over_the_default_one(client: Client) -> None:
    english = client.data("apps/41207/configs?lang=en_US")
    assert english["headline"]["value"] == "Best harbour photo"
    assert (english["layout"]["lang"], english["layout"]["value"]) == ("de_DE", "list")
    assert client.data("apps/41207/translations?lang=en_US")["btn_vote"]["translation"] == "Vote"
    german = client.data("apps/41207/translations?lang=de_DE")
    assert german["btn_vote"]["translation"] == "Jetzt abstimmen"
    assert german == client.data("apps/41207/translations")


def test_a_language_that_is_not_activated_is_not_read(client: Client) -> None:
    assert client.data("apps/41208/configs?lang=en_US")["headline"]["lang"] == "de_DE"
    assert client.data("templates/311/configs?lang=en_US")["headline"]["lang"] == "en_US"


def test_the_highest_version_is_meant_where_none_is_named(client: Client) -> None:
    assert client.data("projects/51/configs")["questions"]["version"] == "1.10.0"
    assert client.data("projects/51/configs?version=1.9.0") == {}
    assert client.json("projects/44/languages?version=2.0.0") == {
        "available": {"de_DE": {"lang": "de_DE", "projectId": 44, "version": "2.0.0"}}
    }


def test_templates_may_sit_on_each_other_in_a_circle(arena: AppArena, client: Client) -> None:
    arena.data.templates[310]["parentId"] = 312
    assert client.ids("apps/41207/infos") == ["base_url", "user_limit"]
    assert client.json("templates/310/languages") == {"available": {}}


def test_a_deleted_row_lets_the_one_behind_it_through(arena: AppArena, client: Client) -> None:
    layout = arena.data.configs[Owner(TEMPLATE, 310)][1]
    layout["deletedAt"] = "2017-01-01 00:00:00"
    assert levels(client.data("apps/41207/configs"))["layout"] == {
        "projectId": 44,
        "version": "2.1.0",
    }


def test_a_change_above_is_seen_below(arena: AppArena, client: Client) -> None:
    arena.data.add_config(Owner(VERSION, 44, "2.1.0"), "shadow", "1")
    assert client.data("apps/41207/configs")["shadow"]["value"] == "1"
    arena.data.add_config(Owner(APP, 41207), "shadow", "0")
    assert client.data("apps/41207/configs")["shadow"]["appId"] == 41207
    assert client.data("apps/41208/configs")["shadow"]["projectId"] == 44
