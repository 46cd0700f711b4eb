"""Faults with the bodies that the API gives them, to be added to a tenant's ``faults``."""

from __future__ import annotations

import json
from http import HTTPStatus

from tests.sandbox.faults import Answer
from tests.sandbox.studio_openapi import problems


def internal_error() -> Answer:
    """An unexpected error."""
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, problems.UNEXPECTED)


def no_such_tenant() -> Answer:
    """What all paths of a host without a tenant say."""
    return _answer(HTTPStatus.NOT_FOUND, problems.NO_TENANT)


def throttled() -> Answer:
    """A refusal as the database is under load."""
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE, problems.THROTTLED)


def too_many_requests(retry_after: str | None = None) -> Answer:
    """A refusal as the limit is exceeded, with a header if one is given."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return _answer(HTTPStatus.TOO_MANY_REQUESTS, problems.TOO_MANY_REQUESTS, headers)


def _answer(status: HTTPStatus, code: str, headers: dict[str, str] | None = None) -> Answer:
    body = problems.ProblemError(status, code).body(problems.ENGLISH, trace=0)
    return Answer(status, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
