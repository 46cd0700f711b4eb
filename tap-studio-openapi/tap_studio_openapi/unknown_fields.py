"""What happens to fields that the server sends and the schema does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from singer_sdk.exceptions import FatalAPIError

if TYPE_CHECKING:
    import logging
    from collections.abc import Collection

Policy = Literal["warn", "keep", "fail"]

KEPT_AS = "unknown_fields"
KEPT_SCHEMA = {
    "type": ["object", "null"],
    "additionalProperties": True,
    "description": "Fields that the server sends and this tap does not know yet.",
}


class UnknownFieldsError(FatalAPIError):
    """There are unknown fields, and the settings want none."""


class UnknownFields:
    """Applies the setting `unknown_fields` to one stream."""

    def __init__(self, policy: Policy, known: Collection[str], logger: logging.Logger) -> None:
        """Choose what to do.

        Args:
            policy: ``warn`` leaves them out and says so once, ``keep`` gathers them in one
                object, ``fail`` stops the stream.
            known: The fields of the schema.
            logger: Where each field is announced once.
        """
        self.policy = policy
        self._known = frozenset(known)
        self._logger = logger
        self._announced: set[str] = set()

    def apply(self, record: dict[str, Any]) -> None:
        """Deal with the unknown fields of a record, in place; where there are none, null is kept.

        Raises:
            UnknownFieldsError: There are some, and the policy is ``fail``.
        """
        unknown = {}
        if not record.keys() <= self._known:
            unknown = {name: record.pop(name) for name in record.keys() - self._known}
            self.meet(unknown)
        if self.policy == "keep":
            record[KEPT_AS] = unknown or None

    def meet(self, names: Collection[str]) -> None:
        """Announce unknown fields, each once.

        Raises:
            UnknownFieldsError: There are some, and the policy is ``fail``.
        """
        if names and self.policy == "fail":
            raise UnknownFieldsError(
                f"the server sends fields that are unknown here: {', '.join(sorted(names))}. Run "
                "discovery again or look for a newer tap, or set 'unknown_fields' to 'keep' or "
                "'warn'.",
            )
        if new := set(names) - self._announced:
            self._announced |= new
            self._logger.warning(
                "Fields that are unknown here are %s: %s.",
                f"kept in {KEPT_AS!r}" if self.policy == "keep" else "left out",
                ", ".join(sorted(new)),
            )
