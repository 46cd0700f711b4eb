"""A list of accounts in a file is read like one in the settings; errors name file and entry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError

from singer_tapkit.account_file import read_account_file
from singer_tapkit.accounts import account_settings
from singer_tapkit.config import to_config_schema
from tests.singer_tapkit.test_accounts import ACCOUNTS

if TYPE_CHECKING:
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
TWO = [{"name": "Lübeck", "key": "sentinel-1"}, {"name": "Kiel", "key": "sentinel-2"}]


def read(folder: Path, content: str | bytes, name: str = "accounts.yaml") -> list[dict[str, Any]]:
    """Read a file with some content."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_account_file(str(file), "accounts", LIST)


def read_refusal(folder: Path, content: str | bytes) -> list[str]:
    """Return what is said of a file's content, without the folder."""
    with pytest.raises(ConfigValidationError) as refused:
        read(folder, content)
    messages = [message.replace(f"{folder}/", "") for message in refused.value.errors]
    assert "sentinel" not in f"{messages} {refused.value}"
    return messages


def read_keys(folder: Path, entries: object, **more: Any) -> list[str]:
    """Return the keys of the accounts in a file."""
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
            [
                "accounts.yaml, entry 3 ('Bonn'): 'key' is a required property.",
                TYPO,
            ],
        ),
        (
            [{"name": "Bonn", "key": "x", "sentinel": "x"}],
            [UNKNOWN],
        ),
        ([{"key": "sentinel"}], ["accounts.yaml, entry 1: 'name' is a required property."]),
        ([*TWO, "sentinel"], ["accounts.yaml, entry 3: *** is not of type 'object'."]),
        (
            [{"name": "a", "key": 7391}],
            ["accounts.yaml, entry 1 ('a'): *** is not of type 'string'."],
        ),
        ([{"name": "a", "key": ""}], ["accounts.yaml, entry 1 ('a'): '' should be non-empty."]),
        ([], ["accounts.yaml holds an empty list, so that nothing would be read."]),
        ({"accounts": TWO}, ["accounts.yaml must hold a list, as the setting 'accounts' does."]),
        ("sentinel", ["accounts.yaml must hold a list, as the setting 'accounts' does."]),
        (None, ["accounts.yaml must hold a list, as the setting 'accounts' does."]),
    ],
)
def test_what_is_wrong_is_reported_by_file_and_entry_without_secrets(
    tmp_path: Path, content: Any, messages: list[str]
) -> None:
    assert read_refusal(tmp_path, json.dumps(content)) == messages


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("- name: a\n  key: 'sentinel\n", "line 3"),
        ("- name: a\n key: sentinel\n", "line 2"),
        ("- name: a\n  key: *sentinel\n", "line 2"),
        ("- name: a\n  key: !sentinel x\n", "line 2"),
        ("- name: a\n  key: sentinel\n  name: b\n  key: sentinel\n", "line 3"),
        ('[{"name": "a", "key": "sentinel"', "line 1"),
        ("[" * 5_000, "it"),
    ],
    ids=["quote", "indent", "alias", "tag", "missing dash", "cut off", "depth"],
)
def test_a_file_that_cannot_be_understood_is_reported_by_its_line(
    tmp_path: Path, content: str, place: str
) -> None:
    (message,) = read_refusal(tmp_path, content)

    assert message == (
        f"accounts.yaml must hold a list in JSON or YAML, and {place} cannot be understood, or "
        "repeats a key of an entry."
    )


def test_many_errors_are_reported_by_the_first_ones(tmp_path: Path) -> None:
    messages = read_refusal(tmp_path, json.dumps([{"name": "a"}] * 1100))

    assert len(messages) == 6
    assert messages[-1] == "accounts.yaml: 1,095 more like these."


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    content = "- {name: Lübeck, key: sentinel}".encode("latin-1")

    assert read_refusal(tmp_path, content) == ["accounts.yaml must be text in UTF-8, and is not."]


def test_a_file_that_cannot_be_read_is_reported_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigValidationError) as missing:
        read_account_file("no/accounts.yaml", "accounts", LIST)
    with pytest.raises(ConfigValidationError) as folder:
        read_account_file(str(tmp_path), "accounts", LIST)

    assert str(missing.value) == (
        "no/accounts.yaml cannot be read: No such file or directory. The working directory is "
        f"{tmp_path}."
    )
    assert str(folder.value) == f"{tmp_path} cannot be read: Is a directory."


def test_a_relative_path_begins_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(tmp_path, json.dumps(TWO), "chain.json")
    monkeypatch.chdir(tmp_path)

    assert read_account_file("chain.json", "accounts", LIST) == TWO


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


def test_namesakes_are_reported_by_their_entries(tmp_path: Path) -> None:
    with pytest.raises(ConfigValidationError) as refused:
        read_keys(tmp_path, [*TWO, TWO[0]])

    assert str(refused.value).replace(f"{tmp_path}/", "") == (
        "2 accounts are called 'Lübeck', and each must have a name of its own: accounts.json, "
        "entry 1 ('Lübeck'); accounts.json, entry 3 ('Lübeck')."
    )
