"""The data of a new server: small, related, and odd where real data are."""

from __future__ import annotations

from typing import Any

from tests.sandbox.apparena import records
from tests.sandbox.apparena.data import APP, TEMPLATE, VERSION, Data, Owner

STORE = 3
"""The company that runs the store."""
COMPANY = 12
"""An agency in that store; what is seeded is mostly its own."""
CUSTOMER = 57
"""A customer of the agency with things of its own, and with a customer below."""

PROJECT = 44
VARIANT = "2.1.0"
BASE_TEMPLATE = 310
TEMPLATE_ID = 311
"""A template upon the base template."""
APP_ID = 41207
"""An app with settings, languages and channels of its own."""

APPS = 45
"""So many that they fill more than two pages."""
CUSTOMERS = 31

_VERSION = Owner(VERSION, PROJECT, VARIANT)
_BASE = Owner(TEMPLATE, BASE_TEMPLATE)
_TEMPLATE = Owner(TEMPLATE, TEMPLATE_ID)
_APP = Owner(APP, APP_ID)


def data() -> Data:
    """Build the data anew."""
    found = Data()
    _add_companies(found)
    _add_projects(found)
    _add_templates(found)
    _add_apps(found)
    _add_people_and_channels(found)
    _add_configs(found)
    _add_infos(found)
    _add_translations(found)
    return found


def _add_companies(data: Data) -> None:
    data.companies[STORE] = records.build_company(STORE, STORE, 1) | {"name": "Nordstore AG"}
    data.add_company(
        STORE,
        COMPANY,
        name="Kueste Media GmbH",
        subdomain="kueste",
        address1="Am Kai 4",
        address2="",
        zip="20457",
        city="Hamburg",
    )
    data.add_company(
        COMPANY,
        CUSTOMER,
        name="Radhaus Nord",
        subdomain="radhaus",
        address1="Deichweg 8",
        address2="Hinterhaus",
        zip="26721",
        city="Emden",
        logo="https://img.example.com/radhaus.png",
    )
    for number in range(CUSTOMER + 1, CUSTOMER + CUSTOMERS):
        data.add_company(COMPANY, number)
    data.add_company(CUSTOMER, 190, name="Radhaus Filiale")
    data.companies[500] = records.build_company(500, 500, 2) | {"name": "Südstore AG"}


def _add_projects(data: Data) -> None:
    data.add_project(COMPANY, PROJECT, name="Vote engine", description="Photo and video votings")
    data.add_project(COMPANY, 51, name="Quiz engine")
    data.add_project(CUSTOMER, 77, name="Bike raffle")
    data.add_project(500, 91, name="Somebody else's")
    data.add_version(PROJECT, "2.0.0", name="First public release")
    data.add_version(PROJECT, VARIANT, name="Ranking page", public=True)
    # The highest version is not the last one in the order of texts.
    for variant in ("1.9.0", "1.10.0"):
        data.add_version(51, variant, lang="en_US")
    data.add_version(77, "1.0.0")
    data.add_version(91, "1.0.0")
    for lang in ("de_DE", "en_US", "fr_FR"):
        data.add_language(_VERSION, lang)
    for project_id, variant in ((PROJECT, "2.0.0"), (77, "1.0.0"), (91, "1.0.0")):
        data.add_language(Owner(VERSION, project_id, variant), "de_DE")
    for variant in ("1.9.0", "1.10.0"):
        data.add_language(Owner(VERSION, 51, variant), "en_US")


def _add_templates(data: Data) -> None:
    data.add_template(PROJECT, VARIANT, BASE_TEMPLATE, name="Quiz base")
    data.add_template(
        PROJECT, VARIANT, TEMPLATE_ID, name="Photo vote blue", parentId=BASE_TEMPLATE, public=True
    )
    data.add_template(PROJECT, VARIANT, 312, name="Photo vote navy", parentId=TEMPLATE_ID)
    data.add_template(51, "1.10.0", 320, name="Quiz", lang="en_US")
    data.add_template(77, "1.0.0", 402, name="Raffle base")
    data.add_template(91, "1.0.0", 910, name="Somebody else's")


def _add_apps(data: Data) -> None:
    named: dict[int, dict[str, Any]] = {
        APP_ID: {"name": "Harbour photo vote", "expiryDate": "2018-03-31 00:00:00"},
        41209: {"name": "Winter quiz", "templateId": BASE_TEMPLATE, "activated": False},
        41212: {"name": "Navy vote", "templateId": 312, "expiryDate": "2099-01-01 00:00:00"},
        41215: {"name": "Summer raffle", "expiryDate": "2017-09-30 23:59:59"},
    }
    for number in range(APP_ID, APP_ID + APPS):
        data.add_app(TEMPLATE_ID, number, **named.get(number, {}))
    data.apps[41209]["lang"] = "en_US"
    data.add_app(402, 41300, name="Spring raffle")
    data.add_app(910, 41310, name="Somebody else's")
    data.add_language(_APP, "de_DE")
    data.add_language(_APP, "en_US")
    # Without any activated language, the app has nothing in the map.
    data.languages[Owner(APP, 41215)] = []


def _add_people_and_channels(data: Data) -> None:
    data.add_user(
        CUSTOMER,
        803,
        username="t_janssen",
        telephone="+49 30 000000",
        avatar="https://img.example.com/tj.png",
    )
    data.add_user(CUSTOMER, 811, username="support57")
    for number in range(820, 842):
        data.add_user(COMPANY, number)
    data.add_channel(
        COMPANY, 9031, [APP_ID], type="facebook", name="Fan page", value="100200300400500"
    )
    data.add_channel(COMPANY, 9040, [APP_ID, 41209], name="Blog embed")
    data.add_channel(
        CUSTOMER, 9102, type="domain", value="win.example.com", meta={"verified": {"by": "dns"}}
    )


def _add_configs(data: Data) -> None:
    data.add_config(_VERSION, "headline", "Abstimmung")
    data.add_config(_VERSION, "headline", "Voting", "en_US")
    data.add_config(_VERSION, "color_primary", "#000000", type="color", name="Primary colour")
    data.add_config(
        _VERSION,
        "show_ranking",
        "1",
        type="checkbox",
        meta={},
        description="Ranking page on or off",
    )
    data.add_config(
        _VERSION,
        "layout",
        "grid",
        type="select",
        revision=4,
        meta={"options": {"grid": "Grid", "list": "List"}},
    )
    data.add_config(_VERSION, "networks", "facebook,website", type="multiselect")
    data.add_config(_VERSION, "theme", ".vote > a { color: red }", type="css")
    data.add_config(_VERSION, "ends", "2018-03-31", type="date")
    data.add_config(_VERSION, "terms", '<p class="terms">Süß & fair</p>', type="HTML")
    data.add_config(_VERSION, "stage", "https://img.example.com/stage.png", type="image")
    data.add_config(_BASE, "color_primary", "#333333", type="color", name="Primary colour")
    data.add_config(_BASE, "layout", "list", type="select", meta={"options": {"list": "List"}})
    data.add_config(_TEMPLATE, "color_primary", "#0A5C8C", type="color", name="Primary colour")
    data.add_config(
        _APP,
        "headline",
        "Wahl zum Hafenfoto",
        revision=3,
        meta={"placeholder": "Your headline", "limits": {"max": "80"}},
        description="Shown on top of each page",
    )
    data.add_config(_APP, "headline", "Best harbour photo", "en_US", revision=1)
    _quiz = Owner(VERSION, 51, "1.10.0")
    data.add_config(_quiz, "questions", "10", "en_US")


def _add_infos(data: Data) -> None:
    data.add_info(_VERSION, "base_url", "https://vote.example.com/", revision=1, meta=None)
    data.add_info(_VERSION, "user_limit", "100", meta={"type": "integer"})
    data.add_info(
        _TEMPLATE,
        "user_limit",
        "500",
        meta={"type": "integer"},
        name="User limit",
        type="input",
        description="Exportable users",
    )
    data.add_info(
        _APP,
        "base_url",
        "https://harbour.example.com/",
        revision=1,
        description="Address of the app",
    )


def _add_translations(data: Data) -> None:
    data.add_translation(_VERSION, "btn_vote", "Abstimmen")
    data.add_translation(_VERSION, "btn_vote", "Vote", "en_US")
    data.add_translation(_VERSION, "btn_share", "", translated=False)
    data.add_translation(
        _VERSION, "votes_left", "%s Stimme", translationPluralized="%s Stimmen", pluralized=True
    )
    data.add_translation(_TEMPLATE, "btn_vote", "Jetzt abstimmen", revision=1)
    data.add_translation(
        _APP,
        "votes_left",
        "Noch %s Stimme",
        revision=2,
        translationPluralized="Noch %s Stimmen",
        pluralized=True,
    )
