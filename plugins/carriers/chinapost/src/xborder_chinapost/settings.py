"""What an account needs to be told; everything that a contract or the vendor's documents leave open is a setting."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator

from xborder_chinapost.families import Family, FamilyLimits
from xborder_chinapost.sm4 import key_bytes
from xborder_chinapost.tariff import TariffRow
from xborder_chinapost.vocabulary import COUNTRY_CODES, ORDER_FIELDS
from xborder_sdk.hookspecs import Settings
from xborder_sdk.models import CountryCode
from xborder_sdk.models.base import CurrencyCode, ZoneName
from xborder_sdk.models.money import Amount

ProductCode = Annotated[str, Field(min_length=1, max_length=32)]


class ChinaPostSettings(Settings):
    """Settings of a China Post account. The local post office gives the numbers and keys.

    Attributes:
        sender_no: Agreement customer number, 13 or 14 digits.
        transport: `gateway`, the open platform of today, or `pcp`, the international order interface before it.
        environment: The gateway's `production` or its `test` path. The test hosts of pcp are set in `hosts`.
        authorization: The gateway's authorisation code; it differs between production and test.
        sm4_key: The gateway's SM4 key, Base64 of 16 bytes.
        ak: The gateway's key for labels.
        digest_key: The secret of pcp. The gateway's customers need it only where theirs is not `sm4_key`.
        user_code: The gateway's `userCode`, where the contract has one.
        wh_code: The pick-up office, 8 digits.
        mail_type: The platform tag agreed with the post office.
        products: Family by the contract's product code. Codes differ by contract, so there is no default.
        product_names: Names to show by product code.
        product_types: The gateway's `productType` by product code; for ePacket `E邮宝` where this says nothing.
        numbers: `order`: the number comes with the order. `pool`: it is allocated first (pcp only).
        tariff: Your own prices; without them quotes have no price.
        limits: Weight, size and destinations that win over the built-in ones.
        transit_days: Days to show in quotes, by product code.
        label_page: The gateway's `pageType` of labels.
        undeliverable: What happens to a parcel that cannot be delivered: the vendor's `undelivery_option`.
        order_fields: Other values for those constants of the order that a contract may change.
        declare_currency: Currency of the customs values.
        exchange_rates: What one unit of another currency is worth in it, by currency, as texts: values in these are
            converted, all others are held.
        unit: Unit of the goods.
        country_codes: The post's country codes where they differ from ISO.
        script: `latin` holds names and addresses of recipients a label may not be able to print; `any` sends all.
        event_zone: IANA zone of the times of tracking events; without it they stay local times.
        fee_field: Name of the amount in the answer about fees, which no public document tells.
        fee_currency: Its currency.
    """

    sender_no: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,32}$")]
    transport: Literal["gateway", "pcp"] = "gateway"
    environment: Literal["production", "test"] = "production"
    authorization: SecretStr | None = None
    sm4_key: SecretStr | None = None
    ak: SecretStr | None = None
    digest_key: SecretStr | None = None
    user_code: str | None = Field(default=None, min_length=1)
    wh_code: Annotated[str, Field(min_length=1, max_length=32)]
    mail_type: Annotated[str, Field(min_length=1, max_length=64)]
    products: dict[ProductCode, Family]
    product_names: dict[ProductCode, str] = Field(default_factory=dict)
    product_types: dict[ProductCode, str] = Field(default_factory=dict)
    numbers: Literal["order", "pool"] = "order"
    tariff: tuple[TariffRow, ...] = ()
    limits: tuple[FamilyLimits, ...] = ()
    transit_days: dict[ProductCode, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    label_page: str = Field(default="RM", min_length=1)
    undeliverable: str = Field(default="2", min_length=1)
    order_fields: dict[str, str] = Field(default_factory=dict)
    declare_currency: CurrencyCode = "USD"
    exchange_rates: dict[CurrencyCode, Annotated[Amount, Field(gt=0)]] = Field(default_factory=dict)
    unit: str = Field(default="个", min_length=1)
    country_codes: dict[CountryCode, str] = Field(default_factory=lambda: dict(COUNTRY_CODES))
    script: Literal["latin", "any"] = "latin"
    event_zone: ZoneName | None = None
    fee_field: str | None = Field(default=None, min_length=1)
    fee_currency: CurrencyCode = "CNY"

    @field_validator("sm4_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            key_bytes(value.get_secret_value())
        return value

    @field_validator("products")
    @classmethod
    def _some_products(cls, value: dict[str, Family]) -> dict[str, Family]:
        if not value:
            raise ValueError("name at least one product code of the contract with its family")
        return value

    @field_validator("order_fields")
    @classmethod
    def _known_fields(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(value) - set(ORDER_FIELDS))
        if unknown:
            raise ValueError(f"not a constant of the order: {', '.join(unknown)}")
        return value

    @model_validator(mode="after")
    def _fits_the_transport(self) -> ChinaPostSettings:
        if self.transport == "gateway":
            missing = [name for name in ("authorization", "sm4_key") if getattr(self, name) is None]
            if missing:
                raise ValueError(f"the gateway needs {' and '.join(missing)}")
            if self.numbers == "pool":
                raise ValueError("numbers from the pool need the transport pcp: the gateway's way is not established")
        else:
            if self.digest_key is None:
                raise ValueError("pcp needs digest_key")
            if self.environment == "test" and "pcp" not in self.hosts:
                raise ValueError("pcp has no test path: set hosts.pcp to the test host the post office names")
        for name in ("product_types", "product_names", "transit_days"):
            if unknown := sorted(set(getattr(self, name)) - set(self.products)):
                raise ValueError(f"{name} names products that are not configured: {', '.join(unknown)}")
        if unknown := sorted({row.product for row in self.tariff} - set(self.products)):
            raise ValueError(f"tariff names products that are not configured: {', '.join(unknown)}")
        return self

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of tracking events."""
        return ZoneInfo(self.event_zone) if self.event_zone else None
