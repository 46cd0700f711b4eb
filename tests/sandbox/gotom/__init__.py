"""A server that answers like an instance of goTom, the order management for advertising."""

from __future__ import annotations

from tests.sandbox.gotom import awkward_rows, demonstration, troubles
from tests.sandbox.gotom.csv_content import PLAIN, Dialect, encode
from tests.sandbox.gotom.data import Campaign, Data
from tests.sandbox.gotom.generated_csv import GeneratedCsv
from tests.sandbox.gotom.go_tom import GoTom
from tests.sandbox.gotom.reports import Kind, Report
from tests.sandbox.gotom.users import User

__all__ = [
    "PLAIN",
    "Campaign",
    "Data",
    "Dialect",
    "GeneratedCsv",
    "GoTom",
    "Kind",
    "Report",
    "User",
    "awkward_rows",
    "demonstration",
    "encode",
    "troubles",
]
