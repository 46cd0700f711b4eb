"""What servers and networks say when something goes wrong: told in brief, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from requests import RequestException
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError

if TYPE_CHECKING:
    from requests import PreparedRequest, Request, Response

CREDENTIAL_HEADERS = ("Authorization", "x-api-key")
LONGEST_QUOTE = 200
UNEXPECTED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What an answer raises that is not as documented."""

FAILURES = (FatalAPIError, RetriableAPIError, RequestException, *UNEXPECTED)
"""What may end a part of the work, and lets the others go on."""


def explained(error: Exception, cure: str) -> str:
    """Give an error's text, and what to do about it where the error itself does not say.

    Args:
        error: One of `FAILURES`.
        cure: What to do if there was no answer.
    """
    if isinstance(error, RequestException):
        return f"{silence(error)} {cure}"
    if isinstance(error, UNEXPECTED):
        return (
            f"an answer of the server is not as documented ({_unexpected(error)}). Report it with "
            "the tap's version; at the log level debug, the log tells where."
        )
    return str(error)


def brief(error: BaseException | None) -> str:
    """Give an error's own words, which for a missing answer are without the query."""
    return silence(error) if isinstance(error, RequestException) else str(error)


def silence(error: RequestException) -> str:
    """Say why there was no answer, without the address, which has the query in it."""
    asked = f" to {_asked(error.request)}" if error.request else ""
    cause = error.args[0] if error.args else error
    reason = shortened(getattr(cause, "reason", cause)).rstrip(".")
    return f"no answer{asked}, {type(error).__name__}: {reason}."


def described(response: Response, words: str, cure: str, status: int | None = None) -> str:
    """Say what was asked, what came back and what to do.

    Args:
        response: The answer.
        words: What it says.
        cure: What to do about it.
        status: The status that counts, if it is not that of HTTP.
    """
    status = response.status_code if status is None else status
    end = "" if words.endswith((".", "!", "?", "…")) else "."
    return f"{_asked(response.request)} answered {status}: {words}{end} {cure}".rstrip()


def api_words(response: Response, *names: str) -> str:
    """Give what the server says about an error, shortened.

    Args:
        response: The answer; unless it is a refusal, only words are quoted, and no data.
        names: Where an error in JSON has its words: these fields, the first one first, and in
            objects there likewise.
    """
    if response.is_redirect:
        return plain_words(response)
    try:
        body: Any = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return plain_words(response)
    while isinstance(body, dict) and (found := next(filter(None, map(body.get, names)), None)):
        body = found
    if isinstance(body, str):
        return quoted(response, body)
    if response.ok:
        return plain_words(response)
    return quoted(response, msgspec.json.encode(body).decode())


def plain_words(response: Response) -> str:
    """Give what can be said of an answer other than the API's errors."""
    if response.is_redirect:
        aim = response.headers["Location"].partition("?")[0]
        return f"a redirect to {quoted(response, aim)}."
    content_type = response.headers.get("Content-Type", "a body without content type")
    if "html" in content_type:
        return "a page of HTML, which may be from something in between."
    if response.ok:
        return f"{content_type}."
    return quoted(response, response.text) or response.reason or "an empty body."


def quoted(response: Response, words: str) -> str:
    """Give what a server says, shortened, without the credential that it was asked with."""
    for header in CREDENTIAL_HEADERS:
        if value := response.request.headers.get(header):
            words = words.replace(value.rpartition(" ")[2], "***")
    return shortened(words)


def shortened(text: object) -> str:
    """Give a text on one line, cut where it gets long."""
    line = " ".join(str(text).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"


def _asked(request: Request | PreparedRequest) -> str:
    """Say what was asked, without the query, in which there may be secrets."""
    return f"{request.method} {urlsplit(request.url or '').path}"


def _unexpected(error: Exception) -> str:
    """Name an error; the words of a wrong value would quote it."""
    name = type(error).__name__
    return name if isinstance(error, ValueError) else f"{name}: {shortened(error)}"
