"""What happens to fields that the server sends and the schema does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tap_goatcounter.errors import SiteError

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


class UnknownFields:
    """Applies the setting `unknown_fields` to the records of one stream."""

    def __init__(self, policy: Policy, known: Collection[str], logger: logging.Logger) -> None:
        """Choose what to do.

        Args:
            policy: ``warn`` leaves them out and says so once, ``keep`` gathers them in one
                object, ``fail`` stops the stream.
            known: The fields of the schema.
            logger: Where each field is announced once.
        """
        self._policy = policy
        self._known = frozenset(known)
        self._logger = logger
        self._announced: set[str] = set()

    def apply(self, record: dict[str, Any]) -> None:
        """Deal with the unknown fields of a record, in place.

        Raises:
            SiteError: There are some, and the policy is ``fail``.
        """
        if record.keys() <= self._known:
            return
        unknown = {name: record.pop(name) for name in record.keys() - self._known}
        if self._policy == "fail":
            raise SiteError(
                f"the server sends fields that this tap does not know: {', '.join(unknown)}. "
                "Look for a newer tap, or set 'unknown_fields' to 'keep' or 'warn'.",
            )
        if self._policy == "keep":
            record[KEPT_AS] = unknown
        self._announce(unknown.keys() - self._announced)

    def _announce(self, names: set[str]) -> None:
        if not names:
            return
        self._announced |= names
        self._logger.warning(
            "Fields that this tap does not know are %s: %s.",
            f"kept in {KEPT_AS!r}" if self._policy == "keep" else "left out",
            ", ".join(sorted(names)),
        )
