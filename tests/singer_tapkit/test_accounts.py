"""Accounts in the settings or in a file, and slices of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

from singer_tapkit.accounts import (
    AccountList,
    Slice,
    account_settings,
    parse_slice,
    read_account_file,
    slice_of,
)
from singer_tapkit.config import config_error, to_config_schema

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


SCHEMA = to_config_schema(
    th.PropertiesList(
        th.Property(
            "accounts",
            th.ArrayType(
                th.ObjectType(
                    th.Property("name", th.StringType, required=True),
                    th.Property("key", th.StringType(min_length=1), required=True, secret=True),
                    additional_properties=False,
                )
            ),
            secret=True,
        ),
        *account_settings("accounts"),
    )
)
LIST = SCHEMA["properties"]["accounts"]
TYPO = "There is no setting 'keey' in \"accounts.yaml, entry 3 ('Bonn')\", did you mean 'key'?"
UNKNOWN = (
    "There is no setting of one name in \"accounts.yaml, entry 1 ('Bonn')\". It has no effect."
)
NO_LIST = "accounts.yaml must hold a list, as the setting 'accounts' does."
TWO = [{"name": "Lübeck", "key": "sentinel-1"}, {"name": "Kiel", "key": "sentinel-2"}]


@dataclass(frozen=True)
class Account:
    """An account with its key."""

    name: str
    key: str = field(repr=False)

    @override
    def __str__(self) -> str:
        return self.name


def parse_account(entry: Mapping[str, Any], config: Mapping[str, Any]) -> Account:
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
    entries = [{"name": name, "key": f"key of {name}".replace(" ", "-")} for name in names]
    return {"region": "eu", "accounts": entries, **more}


def read_refusal(config: Mapping[str, Any]) -> str:
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


def test_namesakes_are_refused_in_every_slice(tmp_path: Path) -> None:
    config = make_settings("a", "own", "b", "own", key="k")

    for part in ("1/2", "2/2"):
        assert read_refusal({**config, "slice": part}) == (
            "3 accounts are called 'own', and each must have a name of its own: 'key' of the "
            "settings; accounts[1]; accounts[3]."
        )
    with pytest.raises(ConfigValidationError) as refused:
        read_keys(tmp_path, [*TWO, TWO[0]])
    places = "accounts.json, entry 1 ('Lübeck'); accounts.json, entry 3 ('Lübeck')."
    assert str(refused.value).replace(f"{tmp_path}/", "").endswith(f": {places}")


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


def test_a_slice_keeps_the_order_knows_the_others_and_may_be_empty() -> None:
    names = [f"Studio {number}" for number in range(20)]

    for number, count, size in ((2, 3, 8), (50, 50, 0)):
        found = ACCOUNTS.read(make_settings(*names, slice=f"{number}/{count}"))
        expected = [name for name in names if slice_of(name, count) == number]
        assert len(expected) == size
        assert [account.name for account in found.chosen] == expected
        assert [account.name for account in found.all] == names


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


def read(folder: Path, content: str | bytes, name: str = "accounts.yaml") -> list[dict[str, Any]]:
    """Read a file with some content."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_account_file(str(file), "accounts", LIST)


def read_file_refusal(folder: Path, content: str | bytes) -> list[str]:
    """Return what is said of a file's content, without the folder."""
    with pytest.raises(ConfigValidationError) as refused:
        read(folder, content)
    messages = [message.replace(f"{folder}/", "") for message in refused.value.errors]
    assert "sentinel" not in f"{messages} {refused.value}"
    return messages


def read_keys(folder: Path, entries: object, **more: Any) -> list[str]:
    file = folder / "accounts.json"
    file.write_text(json.dumps(entries), encoding="utf-8")
    config = ACCOUNTS.load({"region": "eu", "accounts_file": str(file), **more}, SCHEMA)
    return [account.key for account in ACCOUNTS.read(config).chosen]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(TWO),
        json.dumps(TWO, indent="\t", ensure_ascii=False),
        "\ufeff" + json.dumps(TWO),
        "- name: Lübeck\n  key: sentinel-1\n- {name: Kiel, key: sentinel-2}\n",
        "# the chain\n---\n- name: Lübeck\n  key: 'sentinel-1'\n- key: sentinel-2\n  name: Kiel\n",
    ],
    ids=["JSON", "indented JSON", "byte order mark", "YAML", "YAML with a comment"],
)
@pytest.mark.parametrize("name", ["accounts.json", "accounts.yaml", "accounts"])
def test_a_file_is_json_or_yaml_whatever_its_name(tmp_path: Path, content: str, name: str) -> None:
    assert read(tmp_path, content, name) == TWO


def test_entries_of_yaml_may_take_over_what_others_have(tmp_path: Path) -> None:
    content = "- &first {name: Lübeck, key: sentinel-1}\n- {<<: *first, name: Kiel}\n"

    assert [entry["key"] for entry in read(tmp_path, content)] == ["sentinel-1"] * 2


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (
            [*TWO, {"name": "Bonn", "keey": "sentinel"}],
            ["accounts.yaml, entry 3 ('Bonn'): 'key' is a required property.", TYPO],
        ),
        ([{"name": "Bonn", "key": "x", "sentinel": "x"}], [UNKNOWN]),
        ([{"key": "sentinel"}], ["accounts.yaml, entry 1: 'name' is a required property."]),
        ([*TWO, "sentinel"], ["accounts.yaml, entry 3: *** is not of type 'object'."]),
        ([{"name": "a", "key": 7}], ["accounts.yaml, entry 1 ('a'): *** is not of type 'string'."]),
        ([{"name": "a", "key": ""}], ["accounts.yaml, entry 1 ('a'): '' should be non-empty."]),
        ([], ["accounts.yaml holds an empty list, so that nothing would be read."]),
        ({"accounts": TWO}, [NO_LIST]),
        ("sentinel", [NO_LIST]),
        (None, [NO_LIST]),
    ],
)
def test_what_is_wrong_is_reported_by_file_and_entry_without_secrets(
    tmp_path: Path, content: Any, messages: list[str]
) -> None:
    assert read_file_refusal(tmp_path, json.dumps(content)) == messages


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("- name: a\n  key: 'sentinel\n", "line 3"),
        ("- name: a\n key: sentinel\n", "line 2"),
        ("- name: a\n  key: *sentinel\n", "line 2"),
        ("- name: a\n  key: !sentinel x\n", "line 2"),
        ("- name: a\n  key: sentinel\n  name: b\n  key: sentinel\n", "line 3"),
        ('[{"name": "a", "key": "sentinel"', "line 1"),
        ("[" * 1_500, "it"),
    ],
    ids=["quote", "indent", "alias", "tag", "missing dash", "cut off", "depth"],
)
def test_a_file_that_cannot_be_understood_is_reported_by_its_line(
    tmp_path: Path, content: str, place: str
) -> None:
    (message,) = read_file_refusal(tmp_path, content)

    assert message == (
        f"accounts.yaml must hold a list in JSON or YAML, and {place} cannot be understood, or "
        "repeats a key of an entry."
    )


def test_many_errors_are_reported_by_the_first_ones(tmp_path: Path) -> None:
    messages = read_file_refusal(tmp_path, json.dumps([{"name": "a"}] * 1100))

    assert len(messages) == 6
    assert messages[-1] == "accounts.yaml: 1,095 more like these."


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    content = "- {name: Lübeck, key: sentinel}".encode("latin-1")

    (message,) = read_file_refusal(tmp_path, content)

    assert message == "accounts.yaml must be text in UTF-8, and is not."


def test_a_relative_path_begins_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(tmp_path, json.dumps(TWO), "chain.json")
    monkeypatch.chdir(tmp_path)

    assert read_account_file("chain.json", "accounts", LIST) == TWO
    with pytest.raises(ConfigValidationError) as missing:
        read_account_file("no/accounts.yaml", "accounts", LIST)
    with pytest.raises(ConfigValidationError, match=f"{tmp_path} cannot be read: Is a directory"):
        read_account_file(str(tmp_path), "accounts", LIST)
    assert str(missing.value) == (
        "no/accounts.yaml cannot be read: No such file or directory. The working directory is "
        f"{tmp_path}."
    )


def test_a_list_and_a_file_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigValidationError, match="Both 'accounts' and 'accounts_file' are set"):
        read_keys(tmp_path, TWO, accounts=TWO)

    assert read_keys(tmp_path, TWO, accounts=[]) == ["sentinel-1", "sentinel-2"]


def test_a_secret_may_be_a_variable_or_begin_with_a_dollar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIEL_KEY", "k$el")
    keys = ["$KIEL_KEY", "$$KIEL_KEY", "a$KIEL_KEY", "$$", "$$$x"]
    entries = [{"name": str(number), "key": key} for number, key in enumerate(keys)]

    assert read_keys(tmp_path, entries) == ["k$el", "$KIEL_KEY", "a$KIEL_KEY", "$", "$$x"]


@pytest.mark.parametrize("key", ["$SENTINEL", "$SENTINEL_EMPTY", "$sentinel-2", "${SENTINEL", "$"])
def test_a_variable_that_is_not_set_is_reported_by_its_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("SENTINEL_EMPTY", "")
    with pytest.raises(ConfigValidationError) as refused:
        read_keys(tmp_path, [*TWO, {"name": "Bonn", "key": key}])

    message = str(refused.value)
    assert f"{tmp_path}/accounts.json, entry 3 ('Bonn'): 'key' begins with $" in message
    assert "sentinel" not in message.lower()


def test_a_slice_needs_the_variables_of_its_own_accounts_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIEL_KEY", "k")
    entries = [{"name": "Kiel Nord", "key": "$KIEL_KEY"}, {"name": "Bonn", "key": "$BONN_KEY"}]

    assert read_keys(tmp_path, entries, slice="6/8") == ["k"]
    with pytest.raises(ConfigValidationError, match=r"entry 2 \('Bonn'\)"):
        read_keys(tmp_path, entries, slice="4/8")
