"""Answers that are errors."""

from __future__ import annotations

from http import HTTPStatus


class Refusal(Exception):  # noqa: N818 - an answer, and no fault of the program
    """Ends the handling of a request with an error."""

    def __init__(self, status: int, message: str) -> None:
        """Carries status and text of the answer."""
        super().__init__(message)
        self.status = status
        self.message = message

    @property
    def content(self) -> dict[str, object]:
        """The body; only the presence of ``status`` is known of App-Arena's own."""
        return {"status": self.status, "message": self.message}


def not_found(what: str) -> Refusal:
    """Something does not exist, or not for who asks."""
    return Refusal(HTTPStatus.NOT_FOUND, f"{what} not found.")


def bad_request(why: str) -> Refusal:
    """The query cannot be understood."""
    return Refusal(HTTPStatus.BAD_REQUEST, why)
