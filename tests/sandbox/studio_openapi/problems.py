"""Errors in the form of the API: an object with a message, a stable code and a trace id."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

OPTED_OUT = "errormessage.third.party.customer.access.disabled"
TOO_LARGE = "errormessage.validation.max"
# The codes above are known from use of the API; it documents no list of them, and the ones below
# are invented in their manner.
INVALID = "errormessage.validation.invalid"
NO_KEY = "errormessage.unauthorized"
NO_PERMISSION = "errormessage.access.denied"
NOT_FOUND = "errormessage.entity.not.found"
TOO_MANY_REQUESTS = "errormessage.rate.limit.exceeded"


@dataclass
class ProblemError(Exception):
    """An error that ends the handling of a request.

    Attributes:
        status: The status of the response.
        code: The stable name of the error.
        reference: The input that is not valid.
        retry_after: Seconds, for the header of that name.
    """

    status: HTTPStatus
    code: str
    reference: str | None = None
    retry_after: int | None = None

    def body(self) -> dict[str, str]:
        """Return the error for clients."""
        content = {
            "errorMessage": self.status.phrase,
            "errorCode": self.code,
            "traceId": "6100000000000000417",
        }
        return content if self.reference is None else {**content, "reference": self.reference}


def invalid(reference: str, code: str = INVALID) -> ProblemError:
    """Return the error for input that is refused."""
    return ProblemError(HTTPStatus.BAD_REQUEST, code, reference)


def not_found() -> ProblemError:
    """Return the error for something that does not exist."""
    return ProblemError(HTTPStatus.NOT_FOUND, NOT_FOUND)


def forbidden(code: str = NO_PERMISSION) -> ProblemError:
    """Return the error for something that the key may not read."""
    return ProblemError(HTTPStatus.FORBIDDEN, code)
