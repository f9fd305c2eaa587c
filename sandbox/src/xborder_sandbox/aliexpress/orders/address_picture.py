"""The receiver's address, in clear or masked (AliExpress reference, section 2.2)."""

from __future__ import annotations

from dataclasses import replace

from xborder_sandbox.aliexpress.orders.list_picture import hidden
from xborder_sandbox.aliexpress.orders.order import Receiver
from xborder_sandbox.aliexpress.orders.picture_parts import without_empty
from xborder_sandbox.requests import Json


def masked(receiver: Receiver) -> Receiver:
    """Return an address without what the decrypting API gives back."""
    return replace(
        receiver,
        contact_person=hidden(receiver.contact_person),
        mobile_no=hidden(receiver.mobile_no),
        phone_number=hidden(receiver.phone_number),
        detail_address=hidden(receiver.detail_address),
        address2=hidden(receiver.address2),
        cpf=hidden(receiver.cpf),
        localized_address="",
    )


def address_fields(receiver: Receiver) -> dict[str, Json]:
    """Return the fields that all answers with an address have."""
    return without_empty(
        {
            "contact_person": receiver.contact_person,
            "country": receiver.country,
            "province": receiver.province,
            "city": receiver.city,
            "address": receiver.detail_address,
            "address2": receiver.address2,
            "detail_address": receiver.detail_address,
            "zip": receiver.zip,
            "mobile_no": receiver.mobile_no,
            "phone_country": receiver.phone_country,
            "phone_area": receiver.phone_area,
            "phone_number": receiver.phone_number,
        }
    )
