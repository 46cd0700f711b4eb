"""What can go wrong while data are read, as one tree of exceptions.

::

    ExtractionError                  a part of the work cannot be done; other parts can
    ├── RequestError                 a request has brought nothing
    │   ├── ApiError                 the API refused, in its own words
    │   ├── GatewayError             something between the tap and the API answered
    │   ├── NoResponseError          there was no response, or only a part of one
    │   └── RetryAfterTooLongError   the server wants a longer wait than any limit lasts
    ├── InvalidResponseError         a response or a value in it is not as documented
    ├── UnknownFieldsError           there are fields that the schema lacks, and none are wanted
    └── SpoolError                   a temporary file cannot be written

Settings that cannot work raise the SDK's ``ConfigValidationError`` instead, before anything is
sent. What is not in this tree is a bug, and ends the run with a traceback.

Each message is complete: the request line without its query, the status, the API's own words, and
what the user can do. None quotes credentials, or data from a response.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from requests.exceptions import SSLError
from singer_sdk.exceptions import FatalAPIError

if TYPE_CHECKING:
    from requests import PreparedRequest, Request, RequestException, Response

PUBLIC_HEADERS: Final = ("accept", "connection", "content-", "date", "host", "user-agent")
"""How headers begin that hold no credentials; each API has a name of its own for those that do."""
CREDENTIAL_HEADERS: Final = frozenset({"authorization", "cookie", "x-api-key"})
MIN_CREDENTIALS: Final = 6
"""Characters; what is shorter in a header of another name is a version or the like."""

MAX_QUOTE: Final = 200
"""Characters of somebody else's words in a message."""

CERTIFICATE_HINT: Final = (
    "If a proxy or a company's own authority signs certificates here, set REQUESTS_CA_BUNDLE to "
    "the file with its certificates."
)

CONNECTION: Final = re.compile(r"\b_?\w+\(host='[^']*', port=\d+\): ")
"""How urllib3 begins what it says, with the name of a class."""
REQUEST_LINE: Final = re.compile(r"( to )?\b[A-Z]{3,7} /[^\s,]*( answered )?")


class ExtractionError(FatalAPIError):
    """A part of the work cannot be done; other parts can.

    Attributes:
        is_transient: Whether the same run may succeed later, though nobody changes anything.
    """

    is_transient: bool = False

    @property
    def cause(self) -> str:
        """The message without its request line, which is the same for all that fail of it."""
        return REQUEST_LINE.sub("", str(self))


class RequestError(ExtractionError):
    """A request has brought nothing.

    Attributes:
        is_retriable: Whether the same request may succeed a little later.
        max_retries: How often to try again at most, if less than usual.
        retry_after: How many seconds the server asks to wait, if it does.
    """

    is_retriable: bool = False
    max_retries: int | None = None
    retry_after: float | None = None


class ApiError(RequestError):
    """The API refused, in its own words.

    Attributes:
        status: The HTTP status, or the one that the body states in its place.
        detail: What the API says, on one line.
        code: The API's own code for the error, if it has any.
    """

    def __init__(
        self, message: str, *, status: int, detail: str = "", code: str | None = None
    ) -> None:
        """Describe a refusal in a complete message."""
        super().__init__(message)
        self.is_transient = is_transient_status(status)
        self.status = status
        self.detail = detail
        self.code = code


class GatewayError(RequestError):
    """Something between the tap and the API answered, so that the response is not about data."""

    def __init__(self, message: str, *, status: int) -> None:
        """Describe a response that is not the API's."""
        super().__init__(message)
        self.is_transient = is_transient_status(status)
        self.status = status


class NoResponseError(RequestError):
    """There was no response from a host, or only a part of one."""

    def __init__(self, message: str, *, host: str = "", is_retriable: bool = True) -> None:
        """Describe a missing response."""
        super().__init__(message)
        self.host = host
        self.is_retriable = is_retriable
        self.is_transient = is_retriable


class RetryAfterTooLongError(RequestError):
    """The server wants a longer wait than any of its limits lasts."""

    is_transient = True


class InvalidResponseError(ExtractionError):
    """A response, or a value in it, is not as the API's documentation says."""


class UnknownFieldsError(ExtractionError):
    """There are fields that the schema lacks, and the settings want none."""


class SpoolError(ExtractionError):
    """A temporary file cannot be written or read."""


def is_transient_status(status: int) -> bool:
    """Return whether an error with this status may pass by itself."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def request_line(request: Request | PreparedRequest) -> str:
    """Return method and path of a request, without the query, which may hold secrets."""
    return f"{request.method} {urlsplit(request.url or '').path}"


def response_error_message(response: Response, status: int, detail: str, hint: str) -> str:
    """Return what was asked, the status that counts, what to report of the body, what to do."""
    end = "" if detail.endswith((".", "!", "?", "…")) else "."
    return f"{request_line(response.request)} answered {status}: {detail}{end} {hint}".rstrip()


def connection_error_message(
    error: RequestException, hint: str, request: Request | PreparedRequest, kind: str = ""
) -> str:
    """Return why there was no response, without the URL that the original error quotes.

    The kind of response is such as ``"complete "``. An error about a certificate has its own hint.
    """
    cause = error.args[0] if error.args else error
    quotes_url = isinstance(error, ValueError)
    words = CONNECTION.sub("", str(getattr(cause, "reason", cause)))
    reason = "" if quotes_url else truncate(words).rstrip(".")
    if is_certificate_error(error):
        hint = CERTIFICATE_HINT
    problem = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
    return f"no {kind}response to {request_line(request)}, {problem}. {hint}".rstrip()


def is_certificate_error(error: RequestException) -> bool:
    """Return whether a server's certificate cannot be verified, which no retry changes."""
    return isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def redact(text: str, request: Request | PreparedRequest) -> str:
    """Return a text without the credentials that a request was sent with in any header."""
    secrets = set()
    for header, value in request.headers.items():
        content = value.decode("latin-1") if isinstance(value, bytes) else value
        last_word = content.rpartition(" ")[2]
        if _may_hold_credentials(header.lower(), last_word):
            secrets.add(last_word)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _may_hold_credentials(header: str, value: str) -> bool:
    if header in CREDENTIAL_HEADERS:
        return bool(value)
    return not header.startswith(PUBLIC_HEADERS) and len(value) >= MIN_CREDENTIALS


def truncate(text: object) -> str:
    """Return a text on one line, cut where it gets long."""
    line = " ".join(str(text).split())
    return line if len(line) <= MAX_QUOTE else f"{line[:MAX_QUOTE]}…"
