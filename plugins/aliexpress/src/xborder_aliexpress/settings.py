"""The settings of an AliExpress account."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from xborder_sdk.hookspecs import Settings
from xborder_sdk.models import DisputeReason
from xborder_sdk.models.base import Instant

PickupType = Literal["DOOR_PICKUP", "SELF_POST", "SELF_SEND"]
"""How parcels of online logistics come to the warehouse (`pickup_type` of aliexpress.logistics.order.createorder)."""


class AliexpressSettings(Settings):
    """What an AliExpress account needs.

    Attributes:
        app_key: The application's key.
        app_secret: Its secret, which signs every request.
        refresh_token: What the seller's consent gave.
        refresh_token_expires: When it stops, so that `xborder doctor` warns before; the console shows it.
        access_token: A token handed out by hand, used as it is where there is no refresh token: one made in the
            console, or the session of the older gateway, which this plugin does not renew.
        redirect_uri: The callback address exactly as registered with the application.
        order_list: Which family of order calls serves the shop: `seller` for sellers in China, `solution` overseas.
        gateway: `iop`, the gateway of today; `top`, the older one, where an application still lives there.
        top_sign_method: How requests to the older gateway are signed.
        order_life_days: How long before its last change an order may have been created: the platform wants a window of
            creation beside one of change. Each 30 days more cost one more question for finished orders.
        decrypt: Ask for the whole address where the platform shows it masked.
        delivery_details: Also ask for the buyer's tax number, where only the delivery call tells it (overseas sellers).
        carriers: AliExpress' service key by our carrier, `"chinapost"` or `"chinapost/<service>"`, for shipping
            notices. The keys are those of aliexpress.logistics.redefining.listlogisticsservice.
        actual_carriers: Courier code by our carrier, for service keys that begin with `OTHER`.
        sender_address_id: Seller address that labels name as sender.
        pickup_address_id: Seller address at which parcels are collected.
        refund_address_id: Seller address that undeliverable parcels return to, and returned goods go to.
        pickup_type: How parcels come to the warehouse.
        domestic_carrier_id: The platform's id of the domestic courier for `SELF_POST`; -1 for one it does not list.
        domestic_carrier: Its name, where the id is -1.
        undeliverable: What becomes of a parcel that cannot be delivered.
        top_user_key: A key of the application's own that logistics orders and hand-overs carry.
        hand_over_client: Who hands over, `ISV-<name>` or `SELLER-<name>`.
        skip_bad_parcels: Let a hand-over go through without the parcels the platform does not take.
        locale: Language of the platform's texts about online shipping, such as `zh_CN` or `en_US`.
        logistics_order: Which call buys online shipping: `createorder`, which knows the ways of collection, or
            `createwarehouseorder`, the older one.
        pickup_warehouse: Warehouse that collects: its code, or `recommended` to ask which one serves the address;
            without it the service names the warehouse.
        declared_per: Whether declared weight and value are of a `piece` or of the whole `line`; no document says.
        max_parcel_g: Heaviest parcel of online shipping, in grams.
        label_details: Also print what is inside for picking (`print_detail`); None for the plain label.
        problem_parcels: Ask also for the platform's problem parcels when parcels are tracked.
        dispute_reasons: Our reason by the platform's id or text of one; no list of them is published.
        chargeback_days: Working days to answer a chargeback after it is noticed; no document says how many.
    """

    app_key: str = Field(min_length=1)
    app_secret: SecretStr
    refresh_token: SecretStr | None = None
    refresh_token_expires: Instant | None = None
    access_token: SecretStr | None = None
    redirect_uri: str | None = Field(default=None, pattern=r"^https?://\S+$")
    order_list: Literal["seller", "solution"] = "seller"
    gateway: Literal["iop", "top"] = "iop"
    top_sign_method: Literal["md5", "hmac"] = "hmac"
    order_life_days: int = Field(default=175, ge=1, le=720)
    decrypt: bool = True
    delivery_details: bool = False
    carriers: dict[str, str] = Field(default_factory=dict)
    actual_carriers: dict[str, str] = Field(default_factory=dict)
    sender_address_id: int | None = Field(default=None, ge=1)
    pickup_address_id: int | None = Field(default=None, ge=1)
    refund_address_id: int | None = Field(default=None, ge=1)
    pickup_type: PickupType = "DOOR_PICKUP"
    domestic_carrier_id: int | None = None
    domestic_carrier: str | None = None
    undeliverable: Literal["return", "destroy"] = "return"
    top_user_key: str | None = Field(default=None, min_length=1, max_length=16)
    hand_over_client: str = "SELLER-xborder"
    skip_bad_parcels: bool = False
    locale: str = Field(default="zh_CN", pattern=r"^[a-z]{2}_[A-Z]{2}$")
    logistics_order: Literal["createorder", "createwarehouseorder"] = "createorder"
    pickup_warehouse: str | None = Field(default=None, min_length=1)
    declared_per: Literal["piece", "line"] = "piece"
    max_parcel_g: int = Field(default=2000, ge=1)
    label_details: bool | None = None
    problem_parcels: bool = True
    dispute_reasons: dict[str, DisputeReason] = Field(default_factory=dict)
    chargeback_days: int = Field(default=3, ge=1, le=60)

    @model_validator(mode="after")
    def _token_fits_the_gateway(self) -> AliexpressSettings:
        if self.gateway == "top" and self.refresh_token is not None:
            raise ValueError("the older gateway takes a session as access_token; refresh_token belongs to gateway iop")
        return self
