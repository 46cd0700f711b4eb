"""Configs, infos and translations: where they are stored, and in which language they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tap_apparena.servers import select_rows

if TYPE_CHECKING:
    from tests.tap_apparena.servers import Server


def test_a_row_tells_who_was_asked_and_where_it_is_stored(small_server: Server) -> None:
    rows = small_server.read("app_configs").records["app_configs"]

    (own,) = select_rows(rows, sourceAppId=41207, configId="headline")
    (inherited,) = select_rows(rows, sourceAppId=41207, configId="color_primary")
    (defined,) = select_rows(rows, sourceAppId=41207, configId="show_ranking")
    assert (own["appId"], own["templateId"], own["projectId"]) == (41207, None, None)
    assert (inherited["appId"], inherited["templateId"]) == (None, 311)
    assert (defined["projectId"], defined["version"]) == (44, "2.1.0")


def test_a_language_that_an_app_lacks_does_not_take_the_others_along(small_server: Server) -> None:
    small_server.refuse(
        "/apps/41207/infos", 404, when=lambda request: request.query["lang"] == ["fr_FR"]
    )

    run = small_server.read("app_infos", languages=["fr_FR", "de_DE"])

    assert {row["lang"] for row in select_rows(run.records["app_infos"], sourceAppId=41207)} == {
        "de_DE"
    }


def test_rows_without_a_language_have_the_one_that_was_asked_for(small_server: Server) -> None:
    small_server.respond("/apps/*/infos", {"_embedded": {"data": {"a": {"value": 1}}}})

    asked = small_server.read("app_infos", languages=["de_DE"]).records["app_infos"]
    unasked = small_server.fail("app_infos")

    assert {(row["infoId"], row["lang"], row["value"]) for row in asked} == {("a", "de_DE", "1")}
    assert "Set 'languages'" in unasked.log
    assert not unasked.records["app_infos"]


def test_values_of_configs_are_texts_whatever_they_come_as(small_server: Server) -> None:
    values = (1, True, "0", ["a", "b"])
    rows = [
        {"configId": f"{number}", "lang": "de_DE", "type": "checkbox", "value": value}
        for number, value in enumerate(values)
    ]
    small_server.respond("/apps/41207/configs", rows)

    run = small_server.read("app_configs")

    read = select_rows(run.records["app_configs"], sourceAppId=41207)
    assert [row["value"] for row in read] == ["1", "true", "0", '["a","b"]']


def test_contents_of_versions_are_asked_for_by_their_number(server: Server) -> None:
    rows = server.read("version_configs").records["version_configs"]

    versions = {request.query["version"][0] for request in server.received("/projects/44/configs")}
    assert versions == {"2.0.0", "2.1.0"}
    defined = select_rows(rows, sourceProjectId=44, sourceVersion="2.1.0")
    assert {row["version"] for row in defined} == {"2.1.0"}
