"""What an account needs to be told; everything the vendor's documents leave open is a setting here."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator

from xborder_dhl.vocabulary import DOCUMENT_PRODUCTS, REGISTRATION_TYPES
from xborder_sdk.hookspecs import LabelStock, Settings
from xborder_sdk.models import TaxScheme
from xborder_sdk.models.base import ZoneName

AccountNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,12}$")]
"""MyDHL API OpenAPI 3.1.1, Account.number: 1 to 12 characters."""

TemplateName = Annotated[str, Field(min_length=1, max_length=25)]
"""MyDHL API OpenAPI 3.1.1, imageOptions.templateName: at most 25 characters."""

ProductCode = Annotated[str, Field(min_length=1, max_length=6)]
"""MyDHL API OpenAPI 3.1.1, productCode: 1 to 6 characters."""


class DhlSettings(Settings):
    """Settings of a DHL Express account.

    Attributes:
        api_key: User name of the MyDHL API.
        api_secret: Its password.
        account_number: The shipper's account; rates, labels and look-ups are made with it.
        payer_account: Account that pays the freight, where it is another one.
        duties_account: Account that pays duties and taxes of DDP shipments; without it DDP is refused.
        environment: `production` or DHL's `test` environment.
        api_version: Value of the `x-version` header.
        time_zone: IANA name of the zone the parcels leave from, such as `Asia/Shanghai`. DHL wants the origin's
            local time: without it the zone of `ship_at` is taken for it, and cut-off times stay local texts.
        next_business_day: Also offer what can only leave on the next working day.
        rate_estimate: Ask for the price together with the label.
        label_templates: DHL's template name by label stock, where the default does not fit.
        waybill_templates: The same for the waybill copy.
        waybill_document: Also draw the waybill copy, which goes to the driver.
        invoice_template: DHL's template of the commercial invoice.
        product_names: Names to show for product codes whose answer carries none.
        document_products: Products for papers, which need no customs data. DHL's letters differ by contract.
        tax_number_types: DHL's registration type by tax scheme, where the default does not fit.
        hs_codes_of: Whose national tariff HS codes longer than six digits belong to; the other side gets six digits.
        shipper_type: What the sender is, for customs.
        script: `latin` holds texts DHL's label may not be able to print; `any` sends everything.
        max_piece_g: Heaviest piece accepted, in grams; the documents name none.
        max_piece_mm: Longest side accepted, in millimetres; the documents name none.
        pickup_close_time: Until when the driver can come, `HH:MM`, for a pickup booked with a label.
        pickup_location: Where the parcels stand, for a pickup booked with a label.
    """

    api_key: SecretStr
    api_secret: SecretStr
    account_number: AccountNumber
    payer_account: AccountNumber | None = None
    duties_account: AccountNumber | None = None
    environment: Literal["production", "test"] = "production"
    api_version: Annotated[str, Field(pattern=r"^[0-9.]{1,10}$")] = "3.1.0"
    time_zone: ZoneName | None = None
    next_business_day: bool = False
    rate_estimate: bool = True
    label_templates: dict[LabelStock, TemplateName] = Field(default_factory=dict)
    waybill_templates: dict[LabelStock, TemplateName] = Field(default_factory=dict)
    waybill_document: bool = True
    invoice_template: TemplateName = "COMMERCIAL_INVOICE_P_10"
    product_names: dict[ProductCode, str] = Field(default_factory=dict)
    document_products: frozenset[ProductCode] = DOCUMENT_PRODUCTS
    tax_number_types: dict[TaxScheme, str] = Field(default_factory=dict)
    hs_codes_of: Literal["destination", "origin"] = "destination"
    shipper_type: Literal["business", "direct_consumer", "government", "other", "private", "reseller"] = "business"
    script: Literal["latin", "any"] = "latin"
    max_piece_g: int | None = Field(default=None, gt=0)
    max_piece_mm: int | None = Field(default=None, gt=0)
    pickup_close_time: Annotated[str | None, Field(pattern=r"^([0-1][0-9]|2[0-3]):[0-5][0-9]$")] = None
    pickup_location: str | None = Field(default=None, min_length=1, max_length=80)

    @field_validator("tax_number_types")
    @classmethod
    def _known_types(cls, value: dict[TaxScheme, str]) -> dict[TaxScheme, str]:
        unknown = sorted(set(value.values()) - REGISTRATION_TYPES)
        if unknown:
            raise ValueError(f"DHL has no registration type {', '.join(unknown)}")
        return value

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone the parcels leave from."""
        return ZoneInfo(self.time_zone) if self.time_zone else None
