"""What a scenario holds at first: parcels announced on earlier days. All people and firms are invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from xborder_sandbox.chinapost.accounts import Account
from xborder_sandbox.chinapost.counter import send_order
from xborder_sandbox.chinapost.form import write_time
from xborder_sandbox.chinapost.journey import plan
from xborder_sandbox.chinapost.office import PostOffice

# product | person | street | postcode | city | province | country
_RECEIVERS = (
    "019|Anouk Delmas|3 rue du Puits|33000|Bordeaux|Nouvelle-Aquitaine|FR",
    "019|Tamsin Holt|17 Orchard Close|LS1 4AP|Leeds|West Yorkshire|GB",
    "002|Piet Hoekstra|Dijkweg 8|8911 AA|Leeuwarden|Friesland|NL",
    "019|Wade Sutter|902 Mill Street|97301|Salem|OR|US",
    "007|Rin Kisaragi|4-2 Sakura|150-0001|Tokyo|Tokyo|JP",
    "002|Berit Solheim|Fjellveien 12|5003|Bergen|Vestland|NO",
)
_COUNTS = {"empty": 0, "demo": 6, "bulk": 100}
_DAYS_BETWEEN = 4


def fill(office: PostOffice, scenario: str) -> None:
    """Announce the parcels of a scenario, each one some days before the one after it."""
    account = office.accounts[0]
    for index in range(_COUNTS[scenario]):
        age = timedelta(days=(index % len(_RECEIVERS)) * _DAYS_BETWEEN)
        order = json.dumps(_order(account, index, office.now - age), ensure_ascii=False)
        mail = send_order(office, account, order, "gateway")
        mail.sent -= age
        mail.events = plan(mail.order, account.wh_code, mail.sent, mail.story)


def _order(account: Account, index: int, created: datetime) -> dict[str, object]:
    product, person, street, postcode, city, province, country = _RECEIVERS[index % len(_RECEIVERS)].split("|")
    return {
        "created_time": write_time(created),
        "sender_no": account.sender_no,
        "wh_code": account.wh_code,
        "mailType": account.mail_type,
        "logistics_order_no": f"DEMO-{index + 1:04d}",
        "biz_product_no": product,
        "weight": 180 + index % 7 * 20,
        "contents_total_weight": 160,
        "contents_total_value": 12.5,
        "undelivery_option": "2",
        "declare_source": "2",
        "declare_type": "1",
        "declare_curr_code": "USD",
        "forecastshut": "0",
        "mail_sign": "2",
        "sender": {
            "name": "Lin Anqi",
            "company": "Paper Crane Trading",
            "post_code": "518000",
            "phone": "075500000000",
            "nation": "CN",
            "province": "Guangdong",
            "city": "Shenzhen",
            "address": "8 Harbour Road",
            "linker": "Lin Anqi",
        },
        "receiver": {
            "name": person,
            "post_code": postcode,
            "phone": "0000000000",
            "nation": country,
            "province": province,
            "city": city,
            "address": street,
            "linker": person,
        },
        "items": [
            {
                "cargo_no": "KITE-S",
                "cargo_name": "纸风筝",
                "cargo_name_en": "Paper kite",
                "cargo_type_name": "玩具",
                "cargo_type_name_en": "Toy",
                "cargo_quantity": 1,
                "cargo_value": 12.5,
                "cost": 12.5,
                "cargo_currency": "USD",
                "carogo_weight": 160,
                "unit": "个",
            }
        ],
    }
