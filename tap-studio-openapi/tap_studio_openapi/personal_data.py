"""Which fields are about persons, and which are links that expire.

Source: the fields of the API's documentation that are personal data under the GDPR. Ids stay, as
they join the streams.
"""

from __future__ import annotations

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
        "url",
        "imageUrl",
        "signedDocumentUrl",
        "documentUrl",
        "downloadUrl",
        "employeeImageUrl",
        "imgUrl",
        "logoUrl",
    }
)
"""Links to images and documents, which differ each time they are read; named likewise."""
