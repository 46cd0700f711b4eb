"""A client of App-Arena for tests, which reads what it gets and follows nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True)
class Client:
    """Sends exactly what it is told to, with one key."""

    url: str
    """Base of the API, with a slash at its end."""
    session: requests.Session
    authorization: str

    def get(self, target: str, authorization: str | None = None) -> requests.Response:
        """Asks for a path below the base, with its query."""
        headers = {"Authorization": self.authorization if authorization is None else authorization}
        return self.session.get(self.url + target, headers=headers, timeout=10)

    def json(self, target: str) -> Any:
        """The body of a success."""
        answer = self.get(target)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()

    def data(self, target: str) -> Any:
        """What a body embeds."""
        return self.json(target)["_embedded"]["data"]

    def ids(self, target: str) -> list[str]:
        """The keys of a map, in its order."""
        return list(self.data(target))

    def pages(self, target: str) -> list[list[str]]:
        """The keys of all pages, as many as the first one says there are."""
        link = "&" if "?" in target else "?"
        count = self.json(target)["page_count"]
        return [self.ids(f"{target}{link}page={number}") for number in range(1, count + 1)]
