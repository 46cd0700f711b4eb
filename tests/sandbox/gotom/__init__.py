"""A server that answers like an instance of goTom, the order management for advertising."""

from __future__ import annotations

from tests.sandbox.gotom import demonstration
from tests.sandbox.gotom.go_tom import GoTom
from tests.sandbox.gotom.reports import Report

__all__ = ["GoTom", "Report", "demonstration"]
