"""What can be wrong with a report."""

from __future__ import annotations

from singer_tapkit.errors import ExtractionError


class ReportError(ExtractionError):
    """A report cannot be read in the way that is set; the other streams can."""


class IncompleteReportError(ReportError):
    """A report lacks its end; another download may bring it."""
