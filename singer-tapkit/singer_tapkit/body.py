"""Bodies of responses: complete, in time, and decoded into what was expected.

requests and urllib3 take a compressed body for complete wherever its connection ends in good order,
wait for ever for a server that sends a byte now and then, and leave it to the caller what JSON in
another encoding, with a byte order mark or with half a surrogate pair is to become.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from urllib3.exceptions import DecodeError, ProtocolError

from singer_tapkit.errors import InvalidResponseError, NoResponseError, request_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response
    from urllib3 import HTTPResponse

T = TypeVar("T")

CHUNK_BYTES: Final = 64 * 1024
MIN_BYTES_PER_SECOND: Final = 1000
"""A body that comes more slowly is given up, once the time-out has passed twice."""

MAX_DECOMPRESSED: Final = 1024 * 1024
"""Bytes that are decompressed at once."""

GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
NO_HEADER: Final = -zlib.MAX_WBITS
COMPRESSED: Final = frozenset({"gzip", "x-gzip", "deflate"})
NOT_ACCEPTED: Final = frozenset({"br", "compress", "x-compress", "zstd"})
"""Encodings that no request asks for, as their end is not checked."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
NUL_CHARACTER: Final = re.compile(rb"((?<!\\)(?:\\\\)*)\\u0000")
"""The escape of a character that PostgreSQL takes in no text."""

QUOTED_VALUE: Final = re.compile(
    r"(Invalid [a-z ]*value) .*?( - at `[^`']*`(?: in `[^`']*`)?)?", re.DOTALL
)
"""The only messages of msgspec that quote a value."""


class CheckedBody:
    """The raw body of a response, whose compressed stream must have an end, within a fair time.

    It stands in for ``Response.raw``, so that requests reads through it.
    """

    def __init__(self, raw: HTTPResponse, timeout: float) -> None:
        """Wrap a body that is not read yet; the time-out of the request is in seconds."""
        self._raw = raw
        self._timeout = timeout

    def __getattr__(self, name: str) -> Any:
        """Return everything else as the wrapped body has it."""
        return getattr(self._raw, name)

    def stream(
        self,
        amt: int = CHUNK_BYTES,
        decode_content: bool | None = None,  # noqa: FBT001 - the signature is urllib3's
    ) -> Iterator[bytes]:
        """Yield the body, decompressed if that is wanted, as it is by requests.

        Raises:
            urllib3.exceptions.HTTPError: It is damaged, cut short, or too slow.
        """
        chunks = self._read_in_time(amt)
        if decode_content:
            header = self._raw.headers.get("Content-Encoding", "").lower()
            for encoding in reversed(header.split(",")):
                chunks = _decode(chunks, encoding.strip())
        yield from chunks

    def _read_in_time(self, amt: int) -> Iterator[bytes]:
        """Yield what comes; only the time that the server takes counts, not the reader's."""
        waited = 0.0
        received = 0
        while True:
            start = time.monotonic()
            chunk = self._raw.read1(amt, decode_content=False)
            if not chunk:
                return
            waited += time.monotonic() - start
            received += len(chunk)
            allowed = 2 * self._timeout + received / MIN_BYTES_PER_SECOND
            if waited > allowed:
                raise ProtocolError(f"only {received:,} bytes came in {waited:.0f} s")
            yield chunk


def decode_json(response: Response, kind: type[T], hint: str = "") -> T:
    """Return the body of a response, decoded into a type.

    Args:
        response: A response whose body is JSON; a byte order mark, another encoding than UTF-8 and
            half a surrogate pair are mended, NUL characters become U+FFFD, and what is not a number
            becomes null.
        kind: The type, such as a msgspec struct.
        hint: What the user can do if it is something else.

    Raises:
        InvalidResponseError: It is no JSON, or of another shape. The message has no value in it.
        NoResponseError: It is JSON that ends before its end.
    """
    asked = f"{request_line(response.request)} answered {response.status_code}"
    try:
        return _decode_or_mend(response, kind)
    except msgspec.ValidationError as error:
        quoting = QUOTED_VALUE.fullmatch(str(error))
        place = "".join(filter(None, quoting.groups())) if quoting else error
        problem = f"with JSON that is not as documented: {place}."
    except (msgspec.DecodeError, RecursionError, ValueError):
        if _is_cut(response.content):
            raise NoResponseError(
                f"{asked}, but the body ends before its end.",
                host=urlsplit(response.url).netloc,
            ) from None
        problem = f"with {describe_content(response)}, which is no JSON."
    raise InvalidResponseError(f"{asked} {problem} {hint}".rstrip())


def describe_content(response: Response) -> str:
    """Return what kind of body a response has, without quoting it."""
    if not response.content:
        return "an empty body"
    if is_html(response):
        return "a page of HTML, which may be from something in between"
    content_type = _read_content_type(response)
    return f"a body of type {content_type}" if content_type else "a body without content type"


def is_html(response: Response) -> bool:
    """Return whether a response is a page for people."""
    return "html" in _read_content_type(response) or response.content.lstrip()[:1] == b"<"


def _read_content_type(response: Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _decode_or_mend(response: Response, kind: type[T]) -> T:
    content = response.content
    if rb"\u0000" in content:
        content = NUL_CHARACTER.sub(rb"\1\\ufffd", content)
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(_mend(content), type=kind)


def _is_cut(content: bytes) -> bool:
    """Return whether a body begins as JSON and ends as if there were more of it."""
    try:
        msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        return content.lstrip()[:1] in {b"{", b"["} and "truncated" in str(error)
    except (RecursionError, UnicodeDecodeError):
        return False
    return False


def _mend(content: bytes) -> bytes:
    """Return JSON in UTF-8 that any decoder takes."""
    content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    value = json.loads(text, parse_constant=lambda _: None)
    mended = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return mended.encode(errors="replace")


def _decode(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Return what chunks hold in one encoding; what is none, such as ``utf-8``, is passed over."""
    if encoding in NOT_ACCEPTED:
        raise DecodeError(f"the body is compressed by {encoding}, which was not asked for")
    return _decompress(chunks, encoding) if encoding in COMPRESSED else chunks


def _decompress(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield what a compressed stream of one or more members holds."""
    member = None
    for chunk in chunks:
        rest = chunk
        while rest:
            if member is not None and member.eof:
                member, rest = None, rest.lstrip(b"\0")
                continue
            member = member or zlib.decompressobj(_choose_window_bits(encoding, rest))
            try:
                yield member.decompress(rest, MAX_DECOMPRESSED)
            except zlib.error as error:
                raise DecodeError(f"the compressed body is damaged: {error}") from error
            rest = member.unconsumed_tail or member.unused_data
    if member is not None and not member.eof:
        yield member.flush()
        if not member.eof:
            raise DecodeError("the compressed body ends before its end")


def _choose_window_bits(encoding: str, start: bytes) -> int:
    """Return how zlib reads a member; ``deflate`` comes with and without a header."""
    has_header = encoding != "deflate" or start[0] & 0x0F == zlib.DEFLATED
    return GZIP_OR_ZLIB if has_header else NO_HEADER
