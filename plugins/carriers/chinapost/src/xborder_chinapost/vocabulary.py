"""China Post's constants and codes as data, each with its source.

No document of the vendor is public: "clients" are published programs that work with these interfaces.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8), "CST")
"""Times of the interfaces are China's, which has kept one offset since 1991."""

TIME: Final = "%Y-%m-%d %H:%M:%S"

HOSTS: Final = {"gateway": "https://api.ems.com.cn", "pcp": "https://my.ems.com.cn"}
"""The production hosts that clients use."""

GATEWAY_PATHS: Final = {
    "production": "/amp-prod-api/f/amp/api/open",
    "test": "/amp-prod-api/f/amp/api/test",
}

PCP: Final = "/pcpErp-web/a/pcp"

GATEWAY_VERSION: Final = "V1.0.0"
PCP_VERSION: Final = "1.0"
MESSAGE_TYPE: Final = "B2C_TRADE"

EPACKET_TYPE: Final = "E邮宝"
"""The gateway's `productType` of ePacket orders, from the one client that sends them there."""

ORDER_FIELDS: Final = {
    "batch_no": "",
    "postage_currency": "USD",
    "transfer_type": "HK",
    "pickup_notes": "",
    "insurance_flag": "",
    "back_addr": "",
    "back_way": "1",
    "valuable_flag": "0",
    "declare_source": "2",
    "declare_type": "1",
    "printcode": "0",
    "forecastshut": "0",
    "mail_sign": "2",
    "mail_flag": "0",
    "prepayment_of_vat": "",
    "pickup_flag": "0",
}
"""Constants of the order as clients send them; a contract may want others. `declare_source`: 1 personal, 2 company,
3 personal tax review. `declare_type`: 1 article, 2 goods. `mail_sign`: 9610 clearance, 1 yes, 2 no. `forecastshut`: 0
no pre-declaration, 1 yes."""

COUNTRY_CODES: Final = {"UK": "GB", "NC": "DF"}
"""Codes a client rewrites for this interface: a common misspelling of GB, and New Caledonia."""

MOST_NAME_BYTES: Final = 59
"""Names of goods, Chinese and English: 1 to 59 bytes of UTF-8, a Chinese character being three (clients)."""
MOST_SKU_BYTES: Final = 49
MOST_ADDRESS_BYTES: Final = 512
MOST_PHONE: Final = 20

LONGEST_REFERENCE: Final = 19
"""The longest own order number in a public sample of an allocation; no document tells a limit."""
