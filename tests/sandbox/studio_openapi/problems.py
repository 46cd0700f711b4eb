"""Errors in the form of the API: an object with a message, a stable code and a trace id."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

OPTED_OUT = "errormessage.third.party.customer.access.disabled"
TOO_LARGE = "errormessage.validation.max"
# The codes above are known from use of the API; it documents no list of them, and the ones below
# are invented in their manner.
TOO_SMALL = "errormessage.validation.min"
INVALID = "errormessage.validation.invalid"
MISSING = "errormessage.validation.required"
SPAN_TOO_LONG = "errormessage.validation.date.span"
NO_KEY = "errormessage.unauthorized"
NO_PERMISSION = "errormessage.access.denied"
NOT_FOUND = "errormessage.entity.not.found"
NO_METHOD = "errormessage.method.not.allowed"
TOO_MANY_REQUESTS = "errormessage.rate.limit.exceeded"

_MESSAGES = {
    OPTED_OUT: (
        "The member does not allow access by third parties",
        "Das Mitglied erlaubt Dritten keinen Zugriff",
    ),
    TOO_LARGE: ("The value is above the allowed maximum", "Der Wert ist größer als erlaubt"),
    TOO_SMALL: ("The value is below the allowed minimum", "Der Wert ist kleiner als erlaubt"),
    INVALID: ("The value is not valid", "Der Wert ist ungültig"),
    MISSING: ("A value is needed", "Ein Wert wird benötigt"),
    SPAN_TOO_LONG: ("The span of dates is not allowed", "Der Zeitraum ist nicht erlaubt"),
    NO_KEY: ("The API key is missing or wrong", "Der API-Schlüssel fehlt oder ist falsch"),
    NO_PERMISSION: ("No permission for this resource", "Keine Berechtigung für diese Ressource"),
    NOT_FOUND: ("The entity does not exist", "Das Objekt gibt es nicht"),
    NO_METHOD: ("The method is not allowed here", "Die Methode ist hier nicht erlaubt"),
    TOO_MANY_REQUESTS: ("Too many requests", "Zu viele Anfragen"),
}

ENGLISH = "en"


@dataclass
class ProblemError(Exception):
    """An error that ends the handling of a request."""

    status: HTTPStatus
    code: str
    reference: str | None = None
    """The input that is not valid."""
    retry_after: int | None = None
    """Seconds, for the header of that name."""

    def body(self, language: str, trace: int) -> dict[str, str]:
        """The error for clients.

        Args:
            language: What the message is written in; any but English gives German.
            trace: Tells the request from others.
        """
        english, german = _MESSAGES[self.code]
        content = {
            "errorMessage": english if language == ENGLISH else german,
            "errorCode": self.code,
            "traceId": f"{6_100_000_000_000_000_000 + trace}",
        }
        return content if self.reference is None else {**content, "reference": self.reference}


def invalid(reference: str, code: str = INVALID) -> ProblemError:
    """A request with input that is refused."""
    return ProblemError(HTTPStatus.BAD_REQUEST, code, reference)


def not_found() -> ProblemError:
    """Something that does not exist."""
    return ProblemError(HTTPStatus.NOT_FOUND, NOT_FOUND)


def forbidden(code: str = NO_PERMISSION) -> ProblemError:
    """Something that the key may not read."""
    return ProblemError(HTTPStatus.FORBIDDEN, code)
