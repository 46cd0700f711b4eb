"""Keys for what goTom gives none to: text without nulls, the same from run to run."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from singer_tapkit.errors import InvalidResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICE_FIELDS: Final = (
    "tarifId",
    "companyId",
    "platformId",
    "channelId",
    "mediaId",
    "advertisingId",
    "tarifGroupId",
    "priceTypeId",
    "extraPriceLevelId",
)
FLIGHT_FIELDS: Final = (
    "runtime",
    "platformId",
    "channelId",
    "advertisingId",
    "tarifId",
    "units",
)


def build_price_key(price: Mapping[str, Any]) -> str:
    """Return the nine ids that a price depends on, e.g. ``7|2|31|5|1|40||1|``; null is empty."""
    return "|".join("" if price.get(name) is None else str(price[name]) for name in PRICE_FIELDS)


def build_customer_key(customer: Mapping[str, Any]) -> str:
    """Return a customer's id in the CRM, else its other external id, else a hash of what stays."""
    if crm_id := customer.get("externalCrmId"):
        return f"crm:{crm_id}"
    if external_id := customer.get("externalId"):
        return f"ext:{external_id}"
    stable = {name: customer.get(name) for name in ("firm", "statusEc", "mwst")}
    addresses = customer.get("addresses")
    first_address = addresses[0] if isinstance(addresses, list) and addresses else None
    return _hash({**stable, "address": first_address})


def build_discount_key(discount: Mapping[str, Any]) -> str:
    """Return a discount's external id, else its id in goTom, else a hash of all its values."""
    if external_id := discount.get("externalId"):
        return f"ext:{external_id}"
    entity_id = discount.get("entityId")
    if entity_id is None:
        return _hash(discount)
    is_whole = isinstance(entity_id, float) and entity_id.is_integer()
    return f"id:{int(entity_id) if is_whole else entity_id}"


def read_field(item: Mapping[str, Any], name: str, kind: Any) -> Any:
    """Return a field of an object, None if it is missing.

    Raises:
        InvalidResponseError: It is of another kind.
    """
    try:
        return msgspec.convert(item.get(name), kind)
    except msgspec.ValidationError as error:
        raise InvalidResponseError(
            f"{name!r} is not as documented: {error}. Report it with the tap's version."
        ) from None


def read_external_id(item: Mapping[str, Any]) -> str:
    """Return the external id of an object, empty if it has none.

    Raises:
        InvalidResponseError: It is neither a text nor a number.
    """
    external_id = read_field(item, "externalId", str | int | None)
    return "" if external_id is None else str(external_id)


def build_flight_key(flight: Mapping[str, Any]) -> str:
    """Return a flight's external id, else, for flights of the user interface, a hash.

    Raises:
        InvalidResponseError: The external id is neither a text nor a number.
    """
    return read_external_id(flight) or _hash({name: flight.get(name) for name in FLIGHT_FIELDS})


class KeyDeduplicator:
    """The keys of one list so far, by which equal ones are numbered."""

    def __init__(self) -> None:
        """Begin a list."""
        self._counts: dict[str, int] = {}

    def __call__(self, key: str) -> str:
        """Return the key, with ``-2``, ``-3`` and so on behind it if it is not the first."""
        unique = key
        while unique in self._counts:
            self._counts[key] += 1
            unique = f"{key}-{self._counts[key]}"
        self._counts[unique] = 1
        return unique


def _hash(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"hash:{hashlib.sha256(canonical.encode()).hexdigest()}"
