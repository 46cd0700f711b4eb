"""What each tap says of answers that are no use: enough to mend the cause, and no secret."""

from __future__ import annotations

import pytest
import requests
from starlette.responses import JSONResponse, RedirectResponse, Response

from tap_gotom.answers import api_words, described, explained, plain_words, silence
from tests.sandbox.server import serve

KEY = "sentinel-key"


def answer(response: Response, key: str = KEY) -> requests.Response:
    """Send a request that bears a key, and give what a server with this one answer answers."""
    with serve(response) as url:
        return requests.get(
            f"{url}/apps?name=ada",
            headers={"Authorization": f"Bearer {key}"},
            allow_redirects=False,
            timeout=5,
        )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "No such app"}, "No such app"),
        ({"error": {"msg": "Not\n  yours"}}, "Not yours"),
        ({"errors": {"start": ["too early"]}}, '{"errors":{"start":["too early"]}}'),
        ({"message": "", "error": "second"}, "second"),
        ("x" * 300, "x" * 200 + "…"),
        ([1, 2], "[1,2]"),
    ],
)
def test_words_are_found_in_errors(body: object, words: str) -> None:
    refusal = answer(JSONResponse(body, 400))

    assert api_words(refusal, "message", "error", "msg") == words


def test_data_are_not_taken_for_words() -> None:
    success = answer(JSONResponse({"name": "Ada"}))

    assert api_words(success, "message") == "application/json."


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (RedirectResponse("https://a.example/login?token=1", 302), "to https://a.example/login."),
        (Response("<p>Ada</p>", media_type="text/html"), "a page of HTML"),
        (Response("Ada", media_type="text/csv"), "text/csv"),
        (Response("try later", 503), "try later"),
        (Response("", 503), "Service Unavailable"),
    ],
)
def test_other_answers_are_named(response: Response, words: str) -> None:
    text = plain_words(answer(response))

    assert words in text
    assert "token" not in text
    assert "Ada" not in text


def test_a_key_that_the_server_repeats_is_not_told() -> None:
    refusal = answer(JSONResponse({"message": f"{KEY} is no key"}, 401))

    text = described(refusal, api_words(refusal, "message"), "Check 'api_key'.")

    assert text == "GET /apps answered 401: *** is no key. Check 'api_key'."


@pytest.mark.parametrize("before", [0, 190])
def test_no_part_of_a_long_key_is_told(before: int) -> None:
    key = "sentinel" * 40
    words = f"{'x' * before} {key} is no key"

    texts = [
        api_words(answer(JSONResponse({"message": words}, 401), key), "message"),
        plain_words(answer(Response(words, 401), key)),
    ]

    assert not [text for text in texts if "sentinel" in text]
    assert all("***" in text for text in texts)


def test_silence_is_told_without_the_query() -> None:
    with pytest.raises(requests.ConnectionError) as failure:
        requests.get("http://127.0.0.1:9/apps?name=ada", timeout=5)

    text = silence(failure.value)

    assert text.startswith("no answer to GET /apps, ConnectionError: ")
    assert text.endswith("Connection refused.")
    assert "ada" not in text


def test_a_wrong_value_is_not_quoted() -> None:
    with pytest.raises(ValueError, match="ada") as failure:
        int("ada")

    assert "(ValueError)" in explained(failure.value, "")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(KeyError) as failure:
        _ = dict[str, int]()["studioId"]

    assert "(KeyError: 'studioId')" in explained(failure.value, "")
