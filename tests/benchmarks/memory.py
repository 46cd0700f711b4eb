"""Let a sandbox give each answer again as it was, so that making it takes no time from a tap."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.sandbox.sandbox import Sandbox


class Memory:
    """An effect on all requests: the application sees each of them once."""

    def __init__(self) -> None:
        """Start with nothing answered."""
        self._answers: dict[tuple[bytes, bytes], list[Message]] = {}

    async def __call__(
        self, application: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer as before, or else let the application do so."""
        asked = scope["raw_path"], scope["query_string"]
        if asked not in self._answers:
            messages: list[Message] = []

            async def keep(message: Message) -> None:
                messages.append(message)

            await application(scope, receive, keep)
            self._answers[asked] = messages
        for message in self._answers[asked]:
            await send(message)


def remember_pages(make: Callable[[], Sandbox]) -> Callable[[], Sandbox]:
    """Return what makes a sandbox that remembers its answers; it fits into a pickle as well.

    Args:
        make: Makes a sandbox that has no faults, and one key.
    """
    return partial(_make_remembering, make)


def _make_remembering(make: Callable[[], Sandbox]) -> Sandbox:
    sandbox = make()
    sandbox.faults.add("*", "*", Memory(), times=None)
    return sandbox
