"""Invented rows that have every field App-Arena documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.apparena.data import Owner, Row

_REVISED: Row = {
    "created": "2016-02-11 09:14:02",
    "createdFromIp": "192.0.2.10",
    "createdBy": "store_admin",
    "deletedAt": None,
}
"""What is known of the origin of settings."""

_AUDIT: Row = {
    **_REVISED,
    "updated": "2016-12-01 16:40:55",
    "updatedFromIp": "192.0.2.11",
    "updatedBy": "apikey_7",
}
"""What is known of the origin of everything else."""


def build_app(number: int, company_id: int, template_id: int) -> Row:
    """An app; every third is not activated."""
    return {
        "appId": number,
        "name": f"Gewinnspiel № {number}",
        "lang": "de_DE",
        "activated": number % 3 != 0,
        "expiryDate": f"20{18 + number % 5}-{1 + number % 12:02d}-28 23:59:59",
        "companyId": company_id,
        "templateId": template_id,
        **_AUDIT,
    }


def build_template(number: int, company_id: int, project_id: int, version: str) -> Row:
    """A template that sits on its version."""
    return {
        "templateId": number,
        "name": f"Vorlage {number}",
        "lang": "de_DE",
        "parentId": number,
        "projectId": project_id,
        "version": version,
        "companyId": company_id,
        "public": False,
        **_AUDIT,
    }


def build_project(number: int, company_id: int) -> Row:
    """A project."""
    return {
        "projectId": number,
        "name": f"Projekt {number}",
        "description": None,
        "companyId": company_id,
        **_AUDIT,
    }


def build_version(number: int, project_id: int, variant: str, company_id: int) -> Row:
    """A version; its number is only known inside."""
    return {
        "projectId": project_id,
        "name": f"Ausgabe {variant}",
        "variant": variant,
        "public": False,
        "lang": "de_DE",
        "companyId": company_id,
        "versionId": number,
        **_AUDIT,
    }


def build_company(number: int, parent_id: int, store_id: int) -> Row:
    """A company without an address."""
    return {
        "companyId": number,
        "subdomain": None,
        "name": f"Kundin {number} & Söhne",
        "address1": None,
        "address2": None,
        "zip": None,
        "city": None,
        "country": "DE",
        "logo": None,
        "color1": "#478AB8",
        "color2": "#2D343D",
        "parentId": parent_id,
        "storeId": store_id,
        **_AUDIT,
    }


def build_user(number: int, company_id: int) -> Row:
    """A person."""
    return {
        "userId": number,
        "username": f"user_{number}",
        "email": f"user{number}@example.com",
        "gender": "female" if number % 2 else "male",
        "firstName": "Tomke",
        "lastName": f"Janßen {number}",
        "telephone": None,
        "displayname": f"Tomke Janßen {number}",
        "avatar": None,
        "lang": "de_DE",
        "companyId": company_id,
        **_AUDIT,
    }


def build_channel(number: int, company_id: int) -> Row:
    """A website where apps are shown."""
    return {
        "channelId": number,
        "companyId": company_id,
        "type": "website",
        "name": f"Blog {number}",
        "value": f"https://blog{number}.example.com/vote",
        "meta": {},
        **_AUDIT,
    }


def build_config(owner: Owner, config_id: str, value: str, lang: str) -> Row:
    """A setting that the people who run an app see."""
    return {
        "configId": config_id,
        "lang": lang,
        "revision": 0,
        "type": "input",
        "name": config_id.replace("_", " ").title(),
        "value": value,
        "meta": None,
        "description": None,
        **owner.ids,
        **_REVISED,
    }


def build_info(owner: Owner, info_id: str, value: str, lang: str) -> Row:
    """A setting that the app's program reads."""
    return {
        "infoId": info_id,
        "lang": lang,
        "revision": 0,
        "value": value,
        "meta": {"type": "string"},
        **owner.ids,
        **_REVISED,
    }


def build_translation(owner: Owner, translation_id: str, text: str, lang: str) -> Row:
    """A text of the user interface, without a plural."""
    return {
        "translationId": translation_id,
        "lang": lang,
        "revision": 0,
        "translation": text,
        "translated": True,
        "translationPluralized": None,
        "pluralized": False,
        **owner.ids,
        **_REVISED,
    }


def build_language(owner: Owner, lang: str) -> Row:
    """A language that a version offers or an app has activated."""
    return {"lang": lang, **owner.ids, **_AUDIT}
