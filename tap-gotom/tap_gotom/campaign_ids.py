"""External ids of campaigns: where they come from, and how they stand in paths.

goTom cannot list campaigns, and lets client systems call them what they like.
Source: goTom's API documentation, page about good and bad external IDs.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from singer_tapkit.errors import ExtractionError
from tap_gotom.reports import ReportError

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable, Iterator, Mapping

    from singer_tapkit.failures import FailureCollector
    from tap_gotom.download import ReportSource

DOTS: Final = frozenset({".", ".."})


def encode_id(external_id: str) -> str:
    """Return an id as it stands in a path."""
    return quote(external_id, safe="")


def campaign_path(external_id: str) -> str:
    """Return the path of a campaign."""
    return f"/app-api/campaign/{encode_id(external_id)}"


def is_reachable(external_id: str) -> bool:
    """Return whether a path can lead to an id.

    Servers take an encoded slash for one that separates, and HTTP libraries resolve dots.
    """
    return "/" not in external_id and external_id not in DOTS


def read_campaign_ids(
    config: Mapping[str, Any],
    sources: Mapping[str, ReportSource],
    failures: FailureCollector,
    logger: logging.Logger,
) -> Iterator[str]:
    """Yield the external ids of the campaigns to read, each once.

    If the report with more of them cannot be read, those in the settings remain.

    Args:
        config: The settings.
        sources: The reports that can be read, by name.
        failures: Where it is noted that the report cannot be read.
        logger: Where a report without ids is logged.
    """
    ids_from = config.get("campaign_external_ids_from")
    cells = _read_report(ids_from["report"], sources, failures, logger) if ids_from else ()
    return unique_ids(chain(config.get("campaign_external_ids") or (), cells))


def unique_ids(external_ids: Iterable[str]) -> Iterator[str]:
    """Yield each id once, in its first spelling; goTom ignores case. Empty ids are none."""
    seen: set[str] = set()
    for external_id in external_ids:
        folded = external_id.casefold()
        if external_id.strip() and folded not in seen:
            seen.add(folded)
            yield external_id


def _read_report(
    name: str,
    sources: Mapping[str, ReportSource],
    failures: FailureCollector,
    logger: logging.Logger,
) -> list[str]:
    try:
        if name not in sources:
            raise ReportError("'graph_user' and 'graph_secret' are missing to read it with.")
        external_ids = sources[name].read_ids()
    except ExtractionError as error:
        failures.record(f"campaigns of the report {name}", error)
        return []
    if not external_ids:
        logger.warning("The report %s has no rows, so that it names no campaigns.", name)
    return external_ids
