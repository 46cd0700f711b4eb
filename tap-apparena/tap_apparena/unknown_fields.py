"""What happens to fields that the server sends and the schema does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from singer_sdk.exceptions import FatalAPIError

from tap_apparena.personal_data import without_personal

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

    def __init__(
        self,
        policy: Policy,
        known: Collection[str],
        logger: logging.Logger | logging.LoggerAdapter[Any],
        *,
        with_personal_data: bool,
    ) -> None:
        """Choose what to do.

        Args:
            policy: ``warn`` leaves them out and says so once, ``keep`` gathers them in one
                object, ``fail`` stops the stream.
            known: The fields of the schema.
            logger: Where each field is announced once.
            with_personal_data: Whether fields about persons may be kept.
        """
        self._policy = policy
        self._known = frozenset(known)
        self._logger = logger
        self._with_personal_data = with_personal_data
        self._announced: set[str] = set()

    def apply(self, record: dict[str, Any]) -> None:
        """Deal with the unknown fields of a record, in place.

        Raises:
            UnknownFieldsError: There are some, and the policy is ``fail``.
        """
        if record.keys() <= self._known:
            unknown = {}
        else:
            unknown = {name: record.pop(name) for name in record.keys() - self._known}
            self._announce(unknown)
        if self._policy == "keep":
            kept = unknown if self._with_personal_data else without_personal(unknown)
            record[KEPT_AS] = kept or None

    def _announce(self, names: Collection[str]) -> None:
        if self._policy == "fail":
            raise UnknownFieldsError(
                f"the server sends fields that are unknown here: {', '.join(sorted(names))}. Look "
                "for a newer tap, or set 'unknown_fields' to 'keep' or 'warn'."
            )
        if new := set(names) - self._announced:
            self._announced |= new
            self._logger.warning(
                "Fields that are unknown here are %s: %s.",
                f"kept in {KEPT_AS!r}" if self._policy == "keep" else "left out",
                ", ".join(sorted(new)),
            )
