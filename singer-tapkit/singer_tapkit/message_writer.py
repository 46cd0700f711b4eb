"""The writer of Singer messages: each one whole, whatever signals come."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from singer_sdk.contrib.msgspec import MsgSpecWriter
from typing_extensions import override

from singer_tapkit.output import write_all

if TYPE_CHECKING:
    from collections.abc import Callable


class MessageWriter(MsgSpecWriter):
    """A writer that lets what a signal asks for wait until the message is out.

    A signal that comes while the pipe is full interrupts the writing. The state, which the SDK
    writes then, would stand in the midst of another line.
    """

    _is_writing = False
    _deferred: Callable[[], object] | None = None

    @override
    def write_message(self, message: Any) -> None:
        self._is_writing = True
        try:
            write_all(sys.stdout.buffer, self.format_message(message))
        finally:
            self._is_writing = False
        action, self._deferred = self._deferred, None
        if action:
            action()

    def defer(self, action: Callable[[], object]) -> bool:
        """Do something after the message that is being written.

        Returns:
            Whether it is deferred: not if nothing is being written.
        """
        if self._is_writing:
            self._deferred = action
        return self._is_writing
