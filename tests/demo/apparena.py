"""An App-Arena of an agency with apps and what they are set to, which change on demand."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tests.sandbox.apparena import APP, AppArena, Owner, demonstration, inheritance, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.demo.questions import Rows
    from tests.demo.source import Source

SELECTED = ("apps.*", "templates.*", "projects.*", "customers.*", "app_configs.*")


@contextlib.contextmanager
def serve() -> Iterator[Source]:
    """Serve until the block is left."""
    sandbox = AppArena()
    demonstration.fill(sandbox)
    with sandbox.serve() as url:
        yield AppArenaSource(sandbox, url)


class AppArenaSource:
    """What the agency's key shows, with the configs of all apps."""

    sent_again: Mapping[str, int] = {}
    changed: Mapping[str, int] = {"apps": 1, "app_configs": 1, "templates": 0, "customers": 0}

    def __init__(self, sandbox: AppArena, url: str) -> None:
        """Describe a server whose API is at `url`."""
        self._data = sandbox.data
        self.settings: Mapping[str, str] = {
            "TAP_APPARENA_API_URL": url,
            "TAP_APPARENA_API_KEY": demonstration.KEY,
            "TAP_APPARENA__SELECT": json.dumps(SELECTED),
        }

    def count_rows(self) -> Mapping[str, int]:
        """Count the rows of a copy; apps have configs of their own, and inherited ones."""
        data = self._data
        apps = data.of_company(data.apps, seeds.COMPANY)
        owners = [Owner(APP, app["appId"]) for app in apps]
        return {
            "apps": len(apps),
            "templates": len(data.of_company(data.templates, seeds.COMPANY)),
            "projects": len(data.of_company(data.projects, seeds.COMPANY)),
            "customers": 1 + len(data.customers_of(seeds.COMPANY)),
            "app_configs": sum(
                len(inheritance.resolve_settings(data, owner, "configs", None)) for owner in owners
            ),
        }

    def answer_questions(self) -> Mapping[str, Rows]:
        """Count the agency's apps, and what is set for them alone."""
        data = self._data
        apps = data.of_company(data.apps, seeds.COMPANY)
        templates = Counter(
            (
                data.templates[app["templateId"]]["name"],
                "activated" if app["activated"] else "not activated",
            )
            for app in apps
        )
        today = datetime.now(UTC).date()
        ends = [date.fromisoformat(app["expiryDate"][:10]) for app in apps]
        months = Counter(
            f"{end:%Y-%m}" for end in ends if today <= end <= today + timedelta(days=365)
        )
        settings: Counter[str] = Counter()
        for app in apps:
            own = data.configs.get(Owner(APP, app["appId"]), ())
            settings.update({config["configId"] for config in own})
        return {
            "apps_by_template": [(*key, count) for key, count in sorted(templates.items())],
            "when_apps_end": sorted(months.items()),
            "own_settings": [
                *sorted(settings.items(), key=lambda item: (-item[1], item[0])),
            ],
        }

    def grow(self) -> str:
        """Add an app, prolong another, and give that a colour of its own."""
        self._data.add_app(seeds.TEMPLATE_ID, name="Spring vote")
        self._data.apps[seeds.APP_ID]["expiryDate"] = "2027-03-31 23:59:59"
        self._data.add_config(Owner(APP, seeds.APP_ID), "color_primary", "#D1495B", type="color")
        return "there is a new app, and another one runs longer and has got a colour of its own."
