"""Which fields tell about persons, and how schemas are rid of fields.

Source: the fields of the API's documentation that are personal data under the GDPR. Ids stay, as
they join the streams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

BANK = {"bankAccount", "paymentDetails"}
ACCESS = {"accessMediums.value", "cardNumbers", "uuid"}
IDENTIFIERS = {
    "firstName",
    "secondFirstName",
    "lastName",
    "secondLastName",
    "publicName",
    "email",
    "phonePrivate",
    "phonePrivateMobile",
    "phoneBusiness",
    "phoneBusinessMobile",
    "phone1",
    "phone2",
    "contactDetails",
    "customerNumber",
    "employeeNumber",
    "employeeInitials",
    "thirdPartyId",
    "referralCode",
    "imageUrl",
    "employeeImageUrl",
    "identificationNumber",
    "membershipNr",
}
BIRTH = {
    "dateOfBirth",
    "birthdate",
    "countryOfBirth",
    "gender",
    "sex",
    "customerTitle",
    "liablePerson",
}
ADDRESS = {
    "street",
    "houseNumber",
    "zipCode",
    "postalCode",
    "city",
    "country",
    "customer_address_data.countryCode",
    "pendingAmendment.countryCode",
    "debt_collection_debtors.countryCode",
    "secondStreet",
    "cityPart",
    "district",
    "streetType",
    "streetBlock",
    "portal",
    "stairway",
    "door",
    "floor",
    "buildingName",
    "province",
    "provinceCode",
    "additionalAddressInformation",
    "addressLine1",
    "addressLine2",
    "addressLine3",
    "addressData",
    "region",
}
HEALTH = {
    "idlePeriods.reason",
    "contract_idle_periods.reason",
    "idlePeriodReason.name",
    "additionalInformationFieldAssignments.value",
}
FINANCES = {"dunningLevel", "inDebtCollection", "accessRestrictions.reason"}
DOCUMENTS = {
    "signedDocumentUrl",
    "documentUrl",
    "customer_documents.url",
    "customer_documents.fileName",
    "customer_documents.description",
}
PERSONAL = frozenset(BANK | ACCESS | IDENTIFIERS | BIRTH | ADDRESS | HEALTH | FINANCES | DOCUMENTS)
"""The fields, by name; ``idlePeriods.reason`` is only meant within ``idlePeriods``."""

EXPIRING = frozenset(
    {
        "imageUrl",
        "signedDocumentUrl",
        "documentUrl",
        "downloadUrl",
        "customer_documents.url",
        "attachedDocument.url",
        "employeeImageUrl",
        "imgUrl",
        "logoUrl",
    }
)
"""Links to images and documents that are others each time they are read; named likewise."""


def named_in(fields: Iterable[str], parent: str) -> frozenset[str]:
    """Give the names of those fields that are meant within `parent`."""
    found = (field.rpartition(".") for field in fields)
    return frozenset(name for outer, _, name in found if outer in {"", parent})


def leave_out_of_schema(schema: dict[str, Any], fields: frozenset[str], parent: str) -> None:
    """Remove fields from a JSON Schema at any depth, in place.

    Args:
        schema: The schema of anything.
        fields: Named as in `PERSONAL`.
        parent: The name of what the schema describes.
    """
    properties = schema.get("properties", {})
    for name in named_in(fields, parent) & properties.keys():
        del properties[name]
    for name, inner in properties.items():
        leave_out_of_schema(inner, fields, name)
    if "items" in schema:
        leave_out_of_schema(schema["items"], fields, parent)
