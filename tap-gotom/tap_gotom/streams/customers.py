"""The companies: customers, agencies, intermediators, publishers.

Source: goTom's API documentation, "Customer API".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer_sdk import typing as th
from typing_extensions import override

from tap_gotom.keys import Distinct, customer_key
from tap_gotom.streams.base import GoTomStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

CRM_ID = th.Property("externalCrmId", th.StringType, description="The id in the CRM.")
REFERENCE = th.ObjectType(CRM_ID)

ADDRESS = th.ObjectType(
    CRM_ID,
    th.Property("title", th.StringType),
    th.Property("firm", th.StringType),
    th.Property("department", th.StringType),
    th.Property("street", th.StringType),
    th.Property("number", th.StringType),
    th.Property("addresstext", th.StringType),
    th.Property("zip", th.StringType),
    th.Property("place", th.StringType),
    th.Property("country", th.StringType, description="By ISO 3166-1 alpha-2."),
    th.Property("externalId", th.IntegerType),
    th.Property("sendingRule", th.StringType, description="email or post."),
    th.Property("sendingRuleAddresses", th.ArrayType(th.StringType)),
    th.Property("softDeleted", th.BooleanType),
)
CONTACT = th.ObjectType(
    CRM_ID,
    th.Property("peopleGender", th.StringType, description="M, F or D."),
    th.Property("peopleLastname", th.StringType),
    th.Property("peopleName", th.StringType, description="The first name."),
    th.Property("peoplePhone", th.StringType),
    th.Property("peopleNatel", th.StringType, description="The mobile phone."),
    th.Property("peopleEmail", th.StringType),
    th.Property("peopleStatus", th.StringType, description="A or N."),
    th.Property("lead", th.BooleanType),
    th.Property(
        "jobFunctions",
        th.ArrayType(
            th.ObjectType(
                th.Property("lang", th.StringType),
                th.Property("function", th.StringType),
            )
        ),
    ),
    th.Property("pipelineStatus", REFERENCE),
)
PAYMENT_TERM = th.ObjectType(
    CRM_ID,
    th.Property("days", th.IntegerType),
    th.Property("name", th.StringType),
    th.Property("cashDiscountDays", th.IntegerType),
    th.Property("cashDiscountPercent", th.NumberType),
    th.Property(
        "billingPhrases",
        th.ObjectType(*(th.Property(name, th.StringType) for name in ("de", "en", "fr", "it"))),
    ),
)


class Customers(GoTomStream):
    """All companies, also those that are marked as deleted."""

    name = "customers"
    path = "/app-api/customer"
    primary_keys = ("customer_key",)
    personal = (
        "bankAccountNumber",
        "bankIBANNumber",
        "bankClearingNumber",
        "bankName",
        "contacts",
        "consultants",
        "addresses.sendingRuleAddresses",
    )
    properties = th.PropertiesList(
        th.Property(
            "customer_key",
            th.StringType,
            required=True,
            description="crm: and externalCrmId, or ext: and externalId, or hash: and a digest of "
            "firm, statusEc, mwst and the first address.",
        ),
        CRM_ID,
        th.Property("externalId", th.StringType, description="Another external id."),
        th.Property("firm", th.StringType, description="The name."),
        th.Property("mwst", th.StringType, description="The VAT number."),
        th.Property("note", th.StringType),
        th.Property("status", th.IntegerType, description="1: active, 0: inactive."),
        th.Property(
            "statusEc",
            th.IntegerType,
            description="1: customer, 2: intermediator, 3: agency, 5: publisher.",
        ),
        th.Property("pipelineStatus", REFERENCE),
        th.Property("language", th.StringType, description="de, en, fr or it."),
        th.Property("bankAccountNumber", th.StringType),
        th.Property("bankIBANNumber", th.StringType),
        th.Property("bankClearingNumber", th.StringType),
        th.Property("bankName", th.StringType),
        th.Property("searchstring", th.StringType),
        th.Property("vatType", th.IntegerType, description="0, 2, 3 or 7."),
        th.Property("softDeleted", th.BooleanType, description="Whether it counts as deleted."),
        th.Property(
            "commission",
            th.ObjectType(
                th.Property("bkCommission", th.NumberType),
                th.Property("vmkCommission", th.NumberType),
                th.Property("type", th.IntegerType),
            ),
        ),
        th.Property("industry", th.ObjectType(CRM_ID, th.Property("name", th.StringType))),
        th.Property("addresses", th.ArrayType(ADDRESS)),
        th.Property("mainAddress", REFERENCE, description="Which of the addresses."),
        th.Property("contacts", th.ArrayType(CONTACT)),
        th.Property(
            "tags", th.ArrayType(th.ObjectType(CRM_ID, th.Property("name", th.StringType)))
        ),
        th.Property(
            "references",
            th.ArrayType(
                th.ObjectType(
                    CRM_ID,
                    th.Property("referenceType", th.StringType),
                    th.Property("referenceValue", th.StringType),
                )
            ),
        ),
        th.Property(
            "consultants", th.ArrayType(th.ObjectType(th.Property("email", th.StringType)))
        ),
        th.Property("paymentTerm", PAYMENT_TERM),
        th.Property(
            "defaultDiscounts",
            th.ArrayType(
                th.ObjectType(
                    th.Property("name", th.StringType),
                    th.Property("percent", th.NumberType),
                )
            ),
        ),
    )

    @override
    def check_access(self) -> bool:
        return self.answers()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        distinct = Distinct()
        for customer in super().read(context):
            yield {"customer_key": distinct(customer_key(customer)), **customer}
