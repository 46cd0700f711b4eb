"""Companies of all kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.gotom.data import Item

_KINDS = (1, 1, 1, 2, 3, 5)
_PLACES = (("9050", "Appenzell", "CH"), ("78462", "Konstanz", "DE"), ("6900", "Bregenz", "AT"))


def invent_customer(number: int, **fields: Any) -> Item:
    """Return a customer.

    Args:
        number: What distinguishes it from others.
        fields: Fields that are not invented.
    """
    firm = f"Käserei {number} & Söhne GmbH"
    return {
        "externalCrmId": f"crm-{number}",
        "externalId": None if number % 2 else str(20_000 + number),
        "firm": firm,
        "mwst": f"CHE-{number:09d}" if number % 3 else None,
        "note": "",
        "status": 0 if number % 10 == 0 else 1,
        "statusEc": _KINDS[number % len(_KINDS)],
        "pipelineStatus": {"externalCrmId": None},
        "language": ("de", "en", "fr", "it")[number % 4],
        "bankAccountNumber": None,
        "bankIBANNumber": None,
        "bankClearingNumber": None,
        "bankName": None,
        "searchstring": f"kaeserei {number}",
        "vatType": 0,
        "softDeleted": number % 25 == 0,
        "commission": {"bkCommission": 0, "vmkCommission": 2.5, "type": 0},
        "industry": {"externalCrmId": "ind-3", "name": "Lebensmittel"} if number % 4 else None,
        "addresses": [_invent_address(number, firm)],
        "mainAddress": {"externalCrmId": f"adr-{number}"},
        "contacts": [_invent_contact(number)] if number % 2 else [],
        "tags": [{"externalCrmId": None, "name": "Neukunde"}],
        "references": [
            {
                "externalCrmId": f"ref-{number}",
                "referenceType": "ERP",
                "referenceValue": f"K-{number}",
            }
        ],
        "consultants": [{"email": "lena.graf@acme.example"}],
        "paymentTerm": {
            "externalCrmId": "pt-30",
            "days": 30,
            "name": "30 Tage netto",
            "cashDiscountDays": None,
            "cashDiscountPercent": None,
            "billingPhrases": {"de": "Zahlbar innert 30 Tagen"},
        },
        "defaultDiscounts": [{"name": "Treuerabatt", "percent": 5.0}],
        **fields,
    }


def _invent_address(number: int, firm: str) -> Item:
    postcode, place, country = _PLACES[number % len(_PLACES)]
    return {
        "externalCrmId": f"adr-{number}",
        "title": "Hauptsitz",
        "firm": firm,
        "department": "",
        "street": "Dorfstrasse",
        "number": f"{number}a",
        "addresstext": "c/o Alpstein\nHintereingang",
        "zip": postcode,
        "place": place,
        "country": country,
        "externalId": number if number % 2 else None,
        "sendingRule": ("email", "post", None)[number % 3],
        "sendingRuleAddresses": [f"rechnung{number}@kunde.example"] if number % 3 == 0 else None,
        "softDeleted": False,
    }


def _invent_contact(number: int) -> Item:
    return {
        "externalCrmId": f"con-{number}",
        "peopleGender": "MFD"[number % 3],
        "peopleLastname": "Inauen",
        "peopleName": "Rita",
        "peoplePhone": "+41 71 000 00 00",
        "peopleNatel": "",
        "peopleEmail": f"rita{number}@kunde.example",
        "peopleStatus": "A",
        "lead": False,
        "jobFunctions": [{"lang": "de", "function": "Marketing"}],
        "pipelineStatus": None if number % 3 else {"externalCrmId": "pipe-1"},
    }
