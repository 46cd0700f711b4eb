"""Accounts in the settings or in a file, and slices of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

from singer_tapkit.accounts import AccountList, Slice, parse_slice, slice_of
from singer_tapkit.config import config_error

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Account:
    """An account with its key."""

    name: str
    key: str = field(repr=False)

    @override
    def __str__(self) -> str:
        return self.name


def parse_account(entry: Mapping[str, Any], config: Mapping[str, Any]) -> Account:
    """Return the account of an entry."""
    if " " in entry["key"]:
        raise config_error(f"'key' holds a blank, in {config['region']}.")
    return Account(entry.get("name", "own"), entry["key"])


ACCOUNTS = AccountList(
    "accounts",
    secrets=("key",),
    parse=parse_account,
    required="Set 'key' or 'accounts'.",
    single=("key",),
)


def make_settings(*names: str, **more: Any) -> dict[str, Any]:
    """Return settings with accounts."""
    entries = [{"name": name, "key": f"key of {name}".replace(" ", "-")} for name in names]
    return {"region": "eu", "accounts": entries, **more}


def read_refusal(config: Mapping[str, Any]) -> str:
    """Return why settings are refused."""
    with pytest.raises(ConfigValidationError) as refused:
        ACCOUNTS.read(config)
    return str(refused.value)


def test_the_accounts_come_in_the_order_of_the_settings() -> None:
    found = ACCOUNTS.read(make_settings("b", "a", key="sentinel"))

    assert [account.name for account in found.chosen] == ["own", "b", "a"]
    assert found.chosen[1].key == "key-of-b"
    assert found.chosen == found.all


def test_an_entry_that_must_not_be_used_is_reported_by_its_place() -> None:
    config = make_settings("a")
    config["accounts"].append({"name": "b", "key": "sentinel sentinel"})

    assert read_refusal(config) == "accounts[1]: 'key' holds a blank, in eu."
    assert read_refusal({"region": "eu", "key": "a b"}) == "'key' holds a blank, in eu."


def test_settings_without_accounts_are_refused() -> None:
    assert read_refusal(make_settings()) == "Set 'key' or 'accounts'."
    assert read_refusal({}) == "Set 'key' or 'accounts'."


def test_namesakes_are_refused_in_every_slice() -> None:
    config = make_settings("a", "own", "b", "own", key="k")
    message = (
        "3 accounts are called 'own', and each must have a name of its own: 'key' of the settings; "
        "accounts[1]; accounts[3]."
    )

    assert [read_refusal({**config, "slice": text}) for text in ("1/2", "2/2")] == [message] * 2


def test_accounts_that_are_called_by_their_address_may_stand_twice() -> None:
    addresses = replace(ACCOUNTS, has_unique_names=False)

    found = addresses.read(make_settings("a", "a", "b"))

    assert [account.name for account in found.chosen] == ["a", "a", "b"]


# By sha256sum, the first of them:
# echo $((0x$(printf %s 'Kiel Nord' | sha256sum | cut -c1-8) % 8 + 1))
@pytest.mark.parametrize(
    ("name", "count", "number"),
    [
        ("Kiel Nord", 8, 6),
        ("Lübeck Altstadt", 8, 1),
        ("https://example.goatcounter.com", 8, 5),
        ("Kiel Nord", 1, 1),
    ],
)
def test_the_slice_of_a_name_is_what_the_documentation_says(
    name: str, count: int, number: int
) -> None:
    assert slice_of(name, count) == number


@given(
    names=st.lists(st.text(min_size=1), unique=True, min_size=1, max_size=40),
    count=st.integers(1, 50),
)
def test_slices_are_disjoint_and_together_the_whole(names: list[str], count: int) -> None:
    config = make_settings(*names)
    for entry in config["accounts"]:
        entry["key"] = "k"

    read = [
        account.name
        for number in range(1, count + 1)
        for account in ACCOUNTS.read({**config, "slice": f"{number}/{count}"}).chosen
    ]

    assert sorted(read) == sorted(names)


def test_slices_are_of_about_the_same_size() -> None:
    sizes = Counter(slice_of(f"Studio {number}", 16) for number in range(1600))

    assert sorted(sizes) == list(range(1, 17))
    assert 70 < min(sizes.values()) < max(sizes.values()) < 135


def test_a_slice_keeps_the_order_and_knows_the_others() -> None:
    names = [f"Studio {number}" for number in range(20)]
    found = ACCOUNTS.read(make_settings(*names, slice="2/3"))

    expected = [name for name in names if slice_of(name, 3) == 2]
    assert 0 < len(expected) < 20
    assert [account.name for account in found.chosen] == expected
    assert [account.name for account in found.all] == names


def test_a_slice_may_have_no_accounts() -> None:
    empty = next(n for n in range(1, 4) if n not in {slice_of(name, 3) for name in "ab"})

    assert ACCOUNTS.read(make_settings("a", "b", slice=f"{empty}/3")).chosen == []


def test_slices_are_counted_for_what_several_accounts_share() -> None:
    names = [f"Studio {number}" for number in range(40)]
    found = ACCOUNTS.read(make_settings(*names, "alone", slice="1/4"))

    counts = found.count_slices(lambda account: "chain" if "Studio" in account.name else "other")
    assert counts == {"chain": 4, "other": 1}
    whole = ACCOUNTS.read(make_settings(*names))
    assert whole.count_slices(lambda _: "chain") == {"chain": 1}


@pytest.mark.parametrize(("text", "part"), [("3/8", (3, 8)), ("1/1", (1, 1)), ("03/016", (3, 16))])
def test_a_slice_is_a_number_of_a_count(text: str, part: tuple[int, int]) -> None:
    assert parse_slice({"slice": text}) == Slice(*part)


@pytest.mark.parametrize(
    "text", ["", "0/8", "9/8", "3", "a/b", "3/8/1", "-1/8", "3/8\n", " 3/8", "٣/٨", "3/"]
)
def test_what_is_no_slice_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ConfigValidationError) as refused:
        parse_slice({"slice": text})

    assert str(refused.value) == (
        f"'slice' must be like 3/8, the third of eight slices, and {text!r} is not."
    )
