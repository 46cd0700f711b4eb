"""Each shape of body is read, and everything else is refused.

The bodies are those of the API's documentation, with other values.
"""

from __future__ import annotations

from typing import Any

import pytest

from tap_apparena.bodies import BodyError, languages_of, page_of, stated_status

RECORD = {"appId": 41207, "name": "Harbour photo vote"}
HEADLINE = {"configId": "headline", "value": "Vote"}


def enveloped(data: Any, **more: Any) -> dict[str, Any]:
    return {"_links": {"self": {"href": "x"}}, "_embedded": {"data": data}, **more}


@pytest.mark.parametrize(
    "body",
    [
        enveloped({"41207": RECORD}),
        enveloped([RECORD]),
        enveloped(RECORD),
        [RECORD],
        {"0": RECORD},
    ],
    ids=["map", "array", "flat", "bare array", "bare map"],
)
def test_a_record_is_found_in_each_shape(body: Any) -> None:
    assert page_of(body, "appId").records == [RECORD]


@pytest.mark.parametrize("data", [[], {}, None])
def test_nothing_is_found_where_nothing_is(data: Any) -> None:
    assert page_of(enveloped(data), "appId").records == []


def test_a_bare_array_can_be_empty() -> None:
    assert page_of([], "channelId").records == []


def test_the_id_in_a_record_goes_before_its_key() -> None:
    data = {"1": RECORD, "2": {"name": "Quiz"}, "3": {"appId": None}}
    assert [row["appId"] for row in page_of(enveloped(data), "appId").records] == [41207, "2", "3"]


def test_a_map_with_an_entry_called_like_the_id_is_no_flat_record() -> None:
    data = {"configId": {"configId": "configId", "value": "x"}, "headline": HEADLINE}
    assert len(page_of(enveloped(data), "configId").records) == 2


def test_a_version_is_known_by_either_of_two_fields() -> None:
    data = {"2.0.0": {"variant": "2.0.0"}, "2.1.0": {"version": "2.1.0"}, "2.2.0": {"name": "x"}}
    records = page_of(enveloped(data), "variant", "version").records
    assert records == [
        {"variant": "2.0.0"},
        {"version": "2.1.0"},
        {"variant": "2.2.0", "name": "x"},
    ]


def test_counters_stand_beside_the_records() -> None:
    page = page_of(
        enveloped([], total_items=5, page_size="2", page_count=3, page_number=2), "appId"
    )
    assert (page.total_items, page.page_size, page.page_count, page.page_number) == (5, 2, 3, 2)


def test_the_number_of_pages_follows_from_the_other_counters() -> None:
    assert page_of(enveloped([], total_items=5, page_size=2), "appId").page_count == 3
    assert page_of(enveloped([]), "appId").page_count is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        7,
        "text",
        {"message": "x"},
        {"error": {"message": "x"}},
        {"_embedded": {}},
        {"_embedded": []},
        enveloped(7),
        enveloped([7]),
        enveloped({"1": "text"}),
        [None],
    ],
)
def test_anything_else_is_refused(body: Any) -> None:
    with pytest.raises(BodyError):
        page_of(body, "configId")


def test_languages_come_in_two_maps() -> None:
    german = {"lang": "de_DE", "appId": 1}
    english = {"lang": "en_US", "projectId": 44}
    found = languages_of({"activated": {"de_DE": german}, "available": {"en_US": english}})
    assert found.activated == {"de_DE": german}
    assert found.available == {"en_US": english}


@pytest.mark.parametrize("body", [{"available": []}, {"available": {}}, [], {}])
def test_there_may_be_no_languages(body: Any) -> None:
    found = languages_of(body)
    assert (found.activated, found.available) == (None, {})


def test_empty_maps_of_languages_differ_from_absent_ones() -> None:
    assert languages_of({"activated": [], "available": []}).activated == {}


def test_languages_without_their_locale_have_it_from_the_map() -> None:
    assert languages_of({"available": {"de_DE": {"projectId": 44}}}).available == {
        "de_DE": {"projectId": 44, "lang": "de_DE"}
    }


@pytest.mark.parametrize("body", [{"data": {}}, 7, enveloped({"de_DE": {}})])
def test_what_holds_no_languages_is_refused(body: Any) -> None:
    with pytest.raises(BodyError):
        languages_of(body)


def test_an_error_states_its_status_but_a_good_body_does_not() -> None:
    assert stated_status({"status": 404, "message": "App '99999' not found."}) == 404
    assert stated_status(enveloped([], status=200)) is None
    assert stated_status([RECORD]) is None
