"""Keys for what goTom gives none to."""

from __future__ import annotations

from typing import Any

import pytest

from singer_tapkit.errors import InvalidResponseError
from tap_gotom.keys import (
    PRICE_FIELDS,
    KeyDeduplicator,
    build_customer_key,
    build_discount_key,
    build_flight_key,
    build_price_key,
    read_external_id,
)


def test_a_price_is_known_by_its_nine_ids_in_fixed_order() -> None:
    ids = dict(zip(PRICE_FIELDS, (7, 2, 31, 5, 1, 40, None, 1, None), strict=True))
    assert build_price_key(ids) == "7|2|31|5|1|40||1|"


@pytest.mark.parametrize(
    ("customer", "key"),
    [
        ({"externalCrmId": "crm-881", "externalId": "x"}, "crm:crm-881"),
        ({"externalCrmId": None, "externalId": "x"}, "ext:x"),
        ({"externalCrmId": "", "externalId": "x"}, "ext:x"),
    ],
)
def test_a_customer_is_known_by_its_first_external_id(customer: dict[str, Any], key: str) -> None:
    assert build_customer_key(customer) == key


def test_a_customer_without_ids_keeps_its_key_when_other_fields_change() -> None:
    customer = {"firm": "Käserei", "statusEc": 1, "mwst": None, "addresses": [{"zip": "9050"}]}
    key = build_customer_key({**customer, "note": "old", "externalId": None})
    assert key.startswith("hash:")
    assert key == build_customer_key({**customer, "note": "new"})
    assert key != build_customer_key({**customer, "firm": "Sennerei"})
    assert key != build_customer_key({**customer, "addresses": []})


@pytest.mark.parametrize(
    ("discount", "key"),
    [
        ({"externalId": "cd-1", "entityId": None}, "ext:cd-1"),
        ({"externalId": None, "entityId": 3107}, "id:3107"),
        ({"externalId": None, "entityId": 3107.0}, "id:3107"),
    ],
)
def test_a_discount_is_known_by_either_of_its_ids(discount: dict[str, Any], key: str) -> None:
    assert build_discount_key(discount) == key


def test_a_flight_of_the_user_interface_is_known_by_what_it_books() -> None:
    flight = {"externalId": None, "units": 5, "platformId": 31, "note": "a"}
    assert build_flight_key({**flight, "externalId": "f-1"}) == "f-1"
    assert build_flight_key(flight) == build_flight_key({**flight, "note": "b"})
    assert build_flight_key(flight) != build_flight_key({**flight, "units": 6})


@pytest.mark.parametrize(
    ("external_id", "read"), [("x", "x"), (7, "7"), (None, ""), ("", "")], ids=repr
)
def test_an_external_id_is_a_text(external_id: Any, read: str) -> None:
    assert read_external_id({"externalId": external_id}) == read


@pytest.mark.parametrize("external_id", [["x"], {"a": 1}, 1.5])
def test_an_external_id_of_another_form_is_refused(external_id: Any) -> None:
    with pytest.raises(InvalidResponseError, match="'externalId' is not as documented"):
        build_flight_key({"externalId": external_id})


def test_equal_keys_are_numbered_in_their_order() -> None:
    key = KeyDeduplicator()
    assert [key("a"), key("b"), key("a"), key("a")] == ["a", "b", "a-2", "a-3"]


@pytest.mark.parametrize(
    ("keys", "unique"),
    [(["a", "a", "a-2"], ["a", "a-2", "a-2-2"]), (["a-2", "a", "a"], ["a-2", "a", "a-3"])],
)
def test_a_numbered_key_is_never_the_key_of_another(keys: list[str], unique: list[str]) -> None:
    assert list(map(KeyDeduplicator(), keys)) == unique
