"""An agency's App-Arena, where apps and settings are made and changed all the time."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from tests.sandbox.apparena import APP, VERSION, AppArena, Owner, Quirks, seeds
from tests.sandbox.apparena.endpoints import documented
from tests.sandbox.apparena.inheritance import list_activated, list_available, resolve_settings
from tests.sandbox.apparena.options import DATES

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tests.sandbox.apparena import Data
    from tests.services.source import Row, Source, Tables

LANGUAGES = ("de_DE", "en_US")
TEMPLATES = (seeds.BASE_TEMPLATE, seeds.TEMPLATE_ID)
APPS = 25
PAGE = 10
MODES = ("full", "full", "new_ids")
LISTS = ("apps", "templates", "projects", "customers")
"""All that is read for new ids alone, as what belongs to older rows would be missing."""


@contextlib.contextmanager
def serve(
    chance: random.Random,
    modes: Sequence[str] = MODES,
    *,
    apps: int = APPS,
    customers: int = seeds.CUSTOMERS,
    page: int = PAGE,
    store_owner: bool = False,
) -> Iterator[Source]:
    """Serve until the block is left; some servers order lists as they like.

    Args:
        chance: Where numbers are drawn.
        modes: What the tap's setting ``incremental_mode`` may be.
        apps: How many there are.
        customers: How many companies are right below the agency.
        page: How many rows the tap asks for at once.
        store_owner: Whether the key opens the lists of all companies.
    """
    order: Literal["orderasc", "none"] = chance.choice(("orderasc", "none"))
    quirks = Quirks(audit=True, own_company_is_customer=True, order_style=order, shuffle=1)
    sandbox = AppArena(quirks=quirks)
    key = f"sentinel-{chance.random()}"
    sandbox.add_key(key, store_owner=store_owner)
    data = sandbox.data
    data.apps = dict(list(data.apps.items())[:apps])
    for customer in data.customers_of(seeds.COMPANY)[customers:]:
        del data.companies[customer["companyId"]]
    with sandbox.serve() as url:
        yield AppArenaSource(sandbox, url, key, chance.choice(modes), page)


class AppArenaSource:
    """The server.

    A run takes up a list where a killed run was, and leaves what has changed before that place to
    the next. Nothing is deleted, as the tap reports no deletion.
    """

    def __init__(self, sandbox: AppArena, url: str, key: str, mode: str, page: int) -> None:
        """Take the server as it is."""
        self.sandbox = sandbox
        self._is_read_whole = mode == "full"
        self.secrets: Sequence[str] = (key,)
        self.runs_until_equal = 2
        self.streams: Sequence[str] = list(self.list_rows())
        self.settings: Mapping[str, Any] = {
            "api_url": url,
            "api_key": key,
            "incremental_mode": mode,
            "languages": LANGUAGES,
            "page_size": page,
            "request_timeout": 20,
            "max_retries": 0,
        }

    def change(self, chance: random.Random) -> None:
        """Add to each list and, unless only new ids are read, change whatever there is."""
        data = self.sandbox.data
        app = data.add_app(chance.choice(TEMPLATES), name=f"Neu {chance.random()}")
        data.add_template(seeds.PROJECT, seeds.VARIANT, name=f"Neu {chance.random()}")
        project = data.add_project(seeds.COMPANY)
        data.add_company(seeds.COMPANY, name=f"Neue & Söhne {chance.random()}")
        if self._is_read_whole:
            data.add_version(project["projectId"], "0.1.0", name="")
            data.add_user(seeds.COMPANY)
            data.add_channel(seeds.COMPANY, apps=[app["appId"]], value=f"{chance.random()}")
            data.add_language(Owner(APP, app["appId"]), "en_US")
            self._change_apps(data, chance)
            self._change_settings(data, chance)

    def list_rows(self) -> Tables:
        """Return the server's data in the fields that the API's documentation names."""
        data = self.sandbox.data
        apps = data.of_company(data.apps, seeds.COMPANY)
        projects = data.of_company(data.projects, seeds.COMPANY)
        customers = [data.companies[seeds.COMPANY], *data.customers_of(seeds.COMPANY)]
        lists = {
            "apps": _select_columns("/apps", apps),
            "templates": _select_columns(
                "/templates", data.of_company(data.templates, seeds.COMPANY), without={"versionId"}
            ),
            "projects": _select_columns("/projects", projects),
            "customers": _select_columns("/customers", customers),
        }
        if not self._is_read_whole:
            return lists
        versions = [one for row in projects for one in data.versions_of(row["projectId"])]
        tables: dict[str, list[Row]] = defaultdict(list, lists)
        tables["versions"] = _select_columns(
            "/projects/{projectId}/versions", versions, without={"version"}
        )
        for version in versions:
            project, variant = version["projectId"], version["variant"]
            rows = _list_settings(data, Owner(VERSION, project, variant), "configs")
            source = {"sourceProjectId": project, "sourceVersion": variant}
            tables["version_configs"] += ({**source, **row} for row in rows)
        for company in customers:
            number = company["companyId"]
            users = data.of_company(data.users, number)
            rows = _select_columns("/companies/{companyId}/users", users)
            tables["company_users"] += ({"sourceCompanyId": number, **row} for row in rows)
        for app in apps:
            for name, rows in _list_rows_of_app(data, app["appId"]):
                tables[name] += ({"sourceAppId": app["appId"], **row} for row in rows)
        return tables

    def _change_apps(self, data: Data, chance: random.Random) -> None:
        """Change some apps, and what they have of their own."""
        apps = data.of_company(data.apps, seeds.COMPANY)
        for app in chance.choices(apps, k=3):
            app.update(name=f"Anders № {chance.random()}", activated=chance.random() < 0.5)
        owner = Owner(APP, chance.choice(apps)["appId"])
        stored = {row["configId"] for row in data.configs.get(owner, ())}
        if "headline" not in stored:
            data.add_config(owner, "headline", "Größe «M»", meta={"limits": [1, 2.5, None]})

    def _change_settings(self, data: Data, chance: random.Random) -> None:
        """Change settings on all levels, from which apps inherit, and a company."""
        for table, field in (
            (data.configs, "value"),
            (data.infos, "value"),
            (data.translations, "translation"),
        ):
            row = chance.choice(chance.choice(list(table.values())))
            row[field] = f"Line 1\nLine 2 {chance.random()}"
            row["revision"] += 1
        customer = chance.choice(data.customers_of(seeds.COMPANY))
        customer["city"] = f"Łódź {chance.random()}"


def _list_rows_of_app(data: Data, app: int) -> Iterator[tuple[str, list[Row]]]:
    channels = data.channels_of(app)
    yield "app_channels", _select_columns("/apps/{appId}/channels", channels, without={"meta"})
    yield "app_languages", list(_list_languages(data, app))
    for kind in ("configs", "infos", "translations"):
        yield f"app_{kind}", _list_settings(data, Owner(APP, app), kind)


def _list_settings(data: Data, owner: Owner, kind: str) -> list[Row]:
    """Return what holds for an owner in any of the languages."""
    key = {"configs": "configId", "infos": "infoId", "translations": "translationId"}[kind]
    found = (row for lang in LANGUAGES for row in resolve_settings(data, owner, kind, lang))
    rows = {(row[key], row["lang"]): row for row in found}
    return _select_columns(f"/apps/{{appId}}/{kind}", rows.values())


def _list_languages(data: Data, app: int) -> Iterator[Row]:
    """Return for each language whether an app has it, and whether its version does."""
    has = {row["lang"] for row in list_activated(data, app)}
    could = {row["lang"] for row in list_available(data, Owner(APP, app))}
    for lang in has | could:
        yield {"lang": lang, "activated": lang in has, "available": lang in could}


def _select_columns(
    path: str, rows: Iterable[Mapping[str, Any]], *, without: Collection[str] = ()
) -> list[Row]:
    """Return the documented fields of rows, but for those that the list does not show."""
    (endpoint,) = (one for one in documented() if one.path == path)
    names = endpoint.record["properties"].keys() - {"_links", *without}
    return [{name: _convert_column(name, row.get(name)) for name in names} for row in rows]


def _convert_column(name: str, value: Any) -> Any:
    """Return a value as the tap writes it: a date-time of no zone as one of UTC."""
    is_date = name in DATES and value is not None
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if is_date else value
