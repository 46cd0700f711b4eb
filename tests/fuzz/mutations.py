"""Draw what is damaged of the answers of a service."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import partial
from glob import escape
from typing import TYPE_CHECKING

from typing_extensions import override

from tests.fuzz import trees
from tests.fuzz.exchanges import Changed, Exchange
from tests.fuzz.trees import ALL, KEYS, NOTHING, Check
from tests.sandbox.faults import Answer, CutOff, Reset, html_page

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.fuzz.sources import Variant
    from tests.sandbox.faults import Effect, Faults
    from tests.sandbox.traffic import ReceivedRequest

IN_BETWEEN = (
    html_page(200, "Please log in"),
    html_page(403, "Forbidden"),
    html_page(404, "Not Found"),
    html_page(502, "Bad Gateway"),
    html_page(503, "Maintenance"),
    Answer(404, "default backend - 404", {"Content-Type": "text/plain"}),
    Answer(200, "OK", {"Content-Type": "text/plain"}),
    Answer(302, "", {"Location": "/login"}),
)
GZIP_TRAILER = 8
ZIP_START = b"PK\x03\x04"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Mutation:
    """Something that is done to answers.

    Attributes:
        kind: What is done, for the summary.
        detail: The same with its place.
        checks: What may be asked of the tap all the same.
        path: The pattern of the paths whose answers are damaged.
        query: Their query, None for any.
        effect: What is done.
        times: How many answers are damaged, None for all.
    """

    kind: str
    detail: str
    checks: Check
    path: str
    query: str | None
    effect: Effect
    times: int | None

    @override
    def __str__(self) -> str:
        """Return what is done, where and how often."""
        often = "all" if self.times is None else f"the first {self.times}"
        query = f"?{self.query}" if self.query else ""
        return f"{self.detail}, in {often} of {self.path}{query}"

    def add_to(self, faults: Faults) -> None:
        """Damage the answers of a service from now on."""
        faults.add("*", self.path, self.effect, times=self.times, when=self._is_meant)

    def _is_meant(self, request: ReceivedRequest) -> bool:
        return self.query is None or request.raw_query == self.query


@dataclass(frozen=True)
class _Step:
    kind: str
    effect: Effect
    checks: Check = ALL
    detail: str = ""


def draw(
    exchanges: Mapping[str, Sequence[Exchange]], variant: Variant, chance: random.Random
) -> Mutation:
    """Draw a mutation.

    Args:
        exchanges: What is asked and answered in a run without damage, by endpoint.
        variant: The service.
        chance: Where numbers are drawn.
    """
    exchange = chance.choice(exchanges[chance.choice(list(exchanges))])
    families: list[Callable[[random.Random], Iterator[_Step]]] = [
        partial(_break_transport, exchange),
        _respond_in_between,
        partial(_refuse, exchange, variant),
    ]
    if exchange.json() is not None:
        families += [partial(_change_json, exchange, variant)] * 6
    elif _is_csv(exchange):
        families += [partial(_change_csv, exchange)] * 6
    elif exchange.content.startswith(ZIP_START):
        families += [partial(_change_archive, exchange)] * 6
    steps: list[_Step] = []
    while not steps:
        steps = list(chance.choice(families)(chance))
    step = chance.choice(steps)
    is_narrow = chance.random() < 0.5
    return Mutation(
        kind=step.kind,
        detail=step.detail or step.kind,
        checks=step.checks,
        path=escape(exchange.path) if is_narrow else exchange.endpoint,
        query=exchange.query if is_narrow and chance.random() < 0.7 else None,
        effect=step.effect,
        times=chance.choice((None, None, 1, 2)),
    )


def _is_csv(exchange: Exchange) -> bool:
    header = exchange.content.partition(b"\n")[0]
    return "download" in exchange.path and b"," in header and header.isascii()


def _change_json(exchange: Exchange, variant: Variant, chance: random.Random) -> Iterator[_Step]:
    damage = trees.draw(exchange.json(), chance, variant.counters)
    if damage is None:
        return

    def change(found: Exchange) -> Exchange:
        tree = found.json()
        return found if tree is None else found.with_content(damage.dump(tree))

    checks = damage.checks & Check.NEXT if damage.path[-1] in variant.optional else damage.checks
    yield _Step(f"json {damage.kind}", Changed(change), checks, str(damage))


def _respond_in_between(_: random.Random) -> Iterator[_Step]:
    for answer in IN_BETWEEN:
        body = str(answer.body)
        yield _Step("in between", answer, detail=f"{answer.status} {body[:30]!r} from in between")


def _refuse(exchange: Exchange, variant: Variant, _: random.Random) -> Iterator[_Step]:
    is_hourly = exchange.path.endswith("/export")
    for answer in variant.refusals:
        may_wait = answer.status in {403, 404} or (answer.status == 429 and is_hourly)
        checks = Check.NEXT | Check.VALUES if may_wait else ALL
        yield _Step("refusal", answer, checks, f"the API's own {answer.status}")


def _break_transport(exchange: Exchange, chance: random.Random) -> Iterator[_Step]:
    after = chance.randrange(max(1, len(exchange.body)))
    share = chance.random()
    yield _Step("reset", Reset(handled=chance.random() < 0.5))
    yield _Step("connection cut", CutOff(after), detail=f"connection cut after {after} bytes")
    yield _Step("gzip cut", Changed(partial(_cut_gzip, GZIP_TRAILER, 1)))
    yield _Step("gzip cut", Changed(partial(_cut_gzip, 0, share)), detail=f"{share:.2f} of a gzip")
    yield _Step("gzip open", Changed(partial(_open_gzip, share)), detail=f"{share:.2f}, gzip open")
    yield _Step("gzip damaged", Changed(partial(_flip_gzip, share)), detail=f"gzip bit at {share}")
    if exchange.json() is not None:
        yield _Step("body cut", Changed(lambda found: found.with_content(found.content[:after])))
        yield _Step("bom", Changed(lambda found: found.with_content(BOM + found.content)))
        yield _Step("empty body", Changed(lambda found: found.with_content(b"")))
        yield _Step("latin-1", Changed(_encode_as_latin_1))


def _encode_as_latin_1(found: Exchange) -> Exchange:
    """Encode a text otherwise, if it can be."""
    try:
        return found.with_content(found.content.decode().encode("latin-1"))
    except UnicodeError:
        return found


def _replace_compressed(found: Exchange, body: bytes) -> Exchange:
    answer = found.with_body(body)
    if not found.is_compressed:
        answer.headers["content-encoding"] = "gzip"
    return answer


def _cut_gzip(fewer: int, share: float, found: Exchange) -> Exchange:
    body = gzip.compress(found.content, mtime=0)
    return _replace_compressed(found, body[: int(share * len(body)) - fewer])


def _open_gzip(share: float, found: Exchange) -> Exchange:
    """Compress some of the lines or bytes, and leave the end of the stream away."""
    pieces = found.content.splitlines(keepends=True)
    if len(pieces) < 3:
        pieces = [found.content]
    compress = zlib.compressobj(wbits=31)
    kept = b"".join(pieces[: 1 + int(share * len(pieces))])
    return _replace_compressed(found, compress.compress(kept) + compress.flush(zlib.Z_SYNC_FLUSH))


def _flip_gzip(share: float, found: Exchange) -> Exchange:
    body = bytearray(gzip.compress(found.content, mtime=0))
    body[int(share * len(body))] ^= 1 << int(share * 1000) % 8
    return _replace_compressed(found, bytes(body))


def _change_csv(exchange: Exchange, chance: random.Random) -> Iterator[_Step]:
    lines = exchange.content.decode().splitlines()
    row = chance.randrange(len(lines))
    at = chance.randrange(1 + len(lines[row]))
    cells = [place for place in range(at + 1) if not place or lines[row][place - 1] == ","]
    order = list(range(len(lines[0].split(","))))
    chance.shuffle(order)

    def build_step(kind: str, change: Callable[[list[str]], object], checks: Check = ALL) -> _Step:
        return _Step(
            f"csv {kind}", Changed(partial(_with_lines, change)), checks, f"csv {kind} {row}:{at}"
        )

    yield build_step("stray quote", lambda all_: _insert(all_, row, cells[-1], '"'), KEYS)
    yield build_step("stray comma", lambda all_: _insert(all_, row, at, ","), KEYS)
    yield build_step("NUL", lambda all_: _insert(all_, row, at, "\0"), NOTHING)
    yield build_step("short row", lambda all_: _set(all_, row, all_[row].rpartition(",")[0]), KEYS)
    yield build_step("blank row", lambda all_: all_.insert(row, ""))
    yield build_step("doubled row", lambda all_: all_.append(all_[row]), KEYS)
    yield build_step("other delimiter", lambda all_: _replace(all_, ",", ";"))
    yield build_step("byte order mark", lambda all_: _insert(all_, 0, 0, "\ufeff"))
    yield build_step("columns reordered", lambda all_: _reorder(all_, order))
    yield _Step("csv latin-1", Changed(_encode_as_latin_1))


def _with_lines(change: Callable[[list[str]], object], found: Exchange) -> Exchange:
    try:
        lines = found.content.decode().split("\n")
        change(lines)
    except (IndexError, UnicodeError):  # another file, or a shorter one
        return found
    return _remove_hash(found.with_content("\n".join(lines).encode()))


def _change_archive(exchange: Exchange, chance: random.Random) -> Iterator[_Step]:
    """Damage a line of JSON in one of the files of an archive."""
    files = {name: text for name, text in _unzip(exchange.content).items() if text}
    name = chance.choice(list(files))
    number = chance.randrange(len(files[name].splitlines()))
    damage = trees.draw(json.loads(files[name].splitlines()[number]), chance)
    if damage is None:
        return

    def change(found: Exchange) -> Exchange:
        if not found.content.startswith(ZIP_START):
            return found
        files = _unzip(found.content)
        lines = files.get(name, b"").splitlines()
        if number < len(lines):
            lines[number] = damage.dump(json.loads(lines[number]))
            files[name] = b"\n".join((*lines, b""))
        return _remove_hash(found.with_content(_zip(files)))

    place = f"{name.rpartition('/')[2]}:{number}"
    yield _Step(f"archive {damage.kind}", Changed(change), damage.checks, f"{place} {damage}")


def _unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(files: Mapping[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return body.getvalue()


def _remove_hash(found: Exchange) -> Exchange:
    """Return an answer whose reader cannot hold it against the hash of what is stored."""
    return replace(found, headers=found.headers | {"content-encoding": "identity"})


def _insert(lines: list[str], row: int, at: int, text: str) -> None:
    lines[row] = f"{lines[row][:at]}{text}{lines[row][at:]}"


def _set(lines: list[str], row: int, text: str) -> None:
    lines[row] = text


def _replace(lines: list[str], old: str, new: str) -> None:
    lines[:] = [line.replace(old, new) for line in lines]


def _reorder(lines: list[str], order: Sequence[int]) -> None:
    """Reorder the columns, if no row has a delimiter or line feed in a cell."""
    rows = [line.split(",") for line in lines]
    if all(len(row) == len(order) or row == [""] for row in rows):
        lines[:] = [",".join(row[place] for place in order) if row != [""] else "" for row in rows]
