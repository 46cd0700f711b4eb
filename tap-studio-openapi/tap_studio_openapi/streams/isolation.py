"""Failures that stay alone: what is refused or goes wrong ends its own part, and is told."""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_studio_openapi.client import StudioClient
from tap_studio_openapi.errors import NO_SUCH_TENANT, OPTED_OUT, AnswerError
from tap_studio_openapi.failures import REST_IS_LEFT_OUT, ForgivingStream
from tap_studio_openapi.streams.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_studio_openapi.connections import Studio
    from tap_studio_openapi.tap import TapStudioOpenApi

FINAL = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND}


class IsolatedStream(ForgivingStream, StudioClient):
    """A stream as far as failures are concerned.

    Attributes:
        scopes: What a key needs, any one of them.
        since: The API's version that brought the endpoint, if a server may be older.
        is_sparse: Whether parts are asked for that are known to be in some studios only.
    """

    scopes: ClassVar[tuple[str, ...]]
    since: ClassVar[str | None] = None
    is_sparse: ClassVar[bool] = False
    _tap: TapStudioOpenApi

    @override
    def __init__(self, tap: TapStudioOpenApi, schema: dict[str, Any]) -> None:
        super().__init__(tap, schema=schema)
        self.readings: defaultdict[int, Reading] = defaultdict(Reading)

    def refused(self, studio: Studio, context: Mapping[str, int], error: AnswerError) -> None:
        """Deal with an answer that the server will not give."""
        where = self._where(studio, context)
        reading = self.readings[studio.id]
        is_child = len(context) > 1
        if error.status == HTTPStatus.UNAUTHORIZED or error.code == NO_SUCH_TENANT:
            studio.is_lost = True
            self._tap.failures.add(f"{studio}: {error}")
        elif error.status == HTTPStatus.FORBIDDEN and error.code == OPTED_OUT:
            self.skip("members who have switched off access by third parties", where)
        elif error.status == HTTPStatus.FORBIDDEN:
            reading.forbidden += 1
            if reading.refuse() or not is_child:
                self.end_for_scope(studio)
            else:
                self.skip("parts that the key may not read", f"{where}: {error}")
        elif error.status == HTTPStatus.NOT_FOUND and is_child and self._may_be_gone(reading):
            self.skip("parts that are not there", f"{where}: {error}")
        elif error.status == HTTPStatus.NOT_FOUND and not is_child and self.since:
            self.skip(f"studios whose server is older than version {self.since}", where)
        elif error.status in FINAL:
            reading.end()
            self._tap.failures.add(f"{where}: {error}")
        else:
            self.failed(studio, context, error)

    def _may_be_gone(self, reading: Reading) -> bool:
        """Tell whether it is just one part that is not there, and not the endpoint."""
        return self.is_sparse or not reading.refuse()

    def failed(self, studio: Studio, context: Mapping[str, int], error: Exception) -> None:
        """Note a failure of one part; after some in a row the rest is left."""
        reading = self.readings[studio.id]
        rest = ""
        if reading.fail():
            reading.end()
            rest = REST_IS_LEFT_OUT
        self.fail(self._where(studio, context), error, rest)

    def end_for_scope(self, studio: Studio) -> None:
        """Note that the key of a studio may not read the stream at all."""
        self.readings[studio.id].end()
        self._tap.failures.add(
            f"{self.name} of {studio}: the key lacks the scope {' or '.join(self.scopes)}. Have "
            "the vendor or the studio's owner add it to the integration, or deselect the stream."
        )

    def _where(self, studio: Studio, context: Mapping[str, int]) -> str:
        """Name a part in messages."""
        ids = [f", {name.removesuffix('_id')} {context[name]}" for name in list(context)[1:]]
        return f"{self.name} of {studio}{''.join(ids)}"

    @override
    def log_sync_costs(self) -> None:
        if self.repeated:
            self.logger.warning("%s: %s repeated requests.", self.name, f"{self.repeated:,}")
        super().log_sync_costs()
