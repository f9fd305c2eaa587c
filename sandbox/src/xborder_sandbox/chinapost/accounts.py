"""Who may use the simulated APIs."""

from __future__ import annotations

import base64
import random
import string
from dataclasses import dataclass, field

from xborder_sandbox.chinapost.products import CONTRACT

_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Account:
    """An agreement customer.

    Attributes:
        transport: `gateway` or `pcp`, the API it was given keys for.
        sender_no: The customer number, called ecCompanyId by pcp.
        authorization: The gateway's authorisation code; empty for a customer of pcp.
        sm4_key: The gateway's key, Base64 of 16 bytes; empty for a customer of pcp.
        ak: What the gateway wants for labels; empty for a customer of pcp.
        digest_key: The key of pcp's digests. The one client that knows both APIs signs pcp's calls with the
            gateway's key, so for a customer of the gateway it is `sm4_key`.
        wh_code: The office that collects.
        mail_type: The platform's mark.
    """

    name: str
    transport: str
    sender_no: str
    authorization: str = field(repr=False)
    sm4_key: str = field(repr=False)
    ak: str = field(repr=False)
    digest_key: str = field(repr=False)
    wh_code: str
    mail_type: str
    products: tuple[str, ...] = tuple(CONTRACT)


def draw_accounts(chance: random.Random) -> tuple[Account, ...]:
    """Return the sandbox's customers; the same ones for the same state of `chance`."""

    def text(length: int) -> str:
        return "".join(chance.choices(_ALPHABET, k=length))

    def customer(name: str, transport: str, authorization: str, sm4_key: str, ak: str, digest_key: str) -> Account:
        return Account(
            name=name,
            transport=transport,
            sender_no=f"11{chance.randrange(10**11):011d}",
            authorization=authorization,
            sm4_key=sm4_key,
            ak=ak,
            digest_key=digest_key,
            wh_code=f"{chance.randrange(10**7, 10**8)}",
            mail_type="SANDBOXSHOP",
        )

    # 16 bytes and no more fit into a key, so only its letters before the Base64 say where it is from.
    sm4_key = base64.b64encode(f"sandbox-{text(8)}".encode()).decode()
    return (
        customer("chinapost", "gateway", f"sandbox-post-{text(24)}", sm4_key, f"sandbox-ak-{text(24)}", sm4_key),
        customer("chinapost-pcp", "pcp", "", "", "", f"sandbox-digest-{text(24)}"),
    )
