"""Faults with the bodies that the API gives them, to be added to a tenant's ``faults``."""

from __future__ import annotations

import json
from http import HTTPStatus

from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import problems


def internal_error() -> Answer:
    """An unexpected error."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    body = problems.ProblemError(status, problems.UNEXPECTED).body(problems.ENGLISH, trace=0)
    return Answer(status, json.dumps(body), {"Content-Type": "application/json"})
