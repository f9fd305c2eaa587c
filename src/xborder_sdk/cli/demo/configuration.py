"""The demo's `xborder.toml`, as a seller with two shops, two carriers and a platform's own logistics would write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

EBAY_SHOPS = ("ebay-us", "ebay-uk")
ALIEXPRESS_SHOP = "ae-shop"
SHOPS = (*EBAY_SHOPS, ALIEXPRESS_SHOP)
CARRIERS = ("dhl-shenzhen", "chinapost")

_FULFILMENT = """\
[fulfilment]
orders = ["ebay-us", "ebay-uk", "ae-shop"]
carriers = ["dhl-shenzhen", "chinapost", "ae-shop"]   # the shop's own logistics is a carrier beside the others
printer = "labels"
paper_printer = "lists"
catalogue = "catalogue.csv"
out = "papers"
labels_per_job = 4
packaging_g = 60
box_mm = [250, 200, 100]
time_zone = "Asia/Shanghai"
batteries = { ae-shop = ["ion_in_equipment"] }
express_mismatch = "hold"
choice_mismatch = "warn"

[[fulfilment.rules]]
name = "AliExpress, built-in batteries: the platform's own logistics takes them"
orders = "ae-shop"
battery = "contained"
use = ["ae-shop/CAINIAO_STANDARD*"]

[[fulfilment.rules]]
name = "AliExpress, five countries: ePacket"
orders = "ae-shop"
destination = ["FR", "GB", "US", "AU", "CA"]
use = ["chinapost/ePacket"]

[[fulfilment.rules]]
name = "AliExpress, all others: the platform's own logistics"
orders = "ae-shop"
use = ["ae-shop"]
choose = "cheapest"

[[fulfilment.rules]]
name = "eBay: courier"
platform = "ebay"
use = ["dhl-shenzhen"]
choose = "cheapest"

[fulfilment.notices]
languages = { FR = "fr" }
days = { "ae-shop/*" = [15, 30], "dhl-shenzhen/*" = [3, 7] }

[[fulfilment.notices.templates]]
language = "en"
text = "Your order {order_id} is on its way as {number}. It takes {days_from} to {days_to} days."

[[fulfilment.notices.templates]]
language = "fr"
text = "Votre commande {order_id} est en route sous le numéro {number}. Comptez {days_from} à {days_to} jours."

[fulfilment.sender]
name = "Export Desk"
company = "Lantern Lane Goods"
lines = ["88 Example Road, Nanshan"]
city = "Shenzhen"
region = "Guangdong"
postal_code = "518000"
country = "CN"
phone = "+8675555500100"
"""

_IN_THE_SHOP: dict[str, dict[str, Any]] = {
    # The shop's own words for what travels: services of China Post, and the platform's logistics by its service.
    ALIEXPRESS_SHOP: {"carriers": {"chinapost": "CPAM", "aliexpress": "CAINIAO_STANDARD"}},
    "ebay-uk": {"seller_country": "GB"},
}


def configuration(
    accounts: list[dict[str, Any]], folder: Path, printer: str | None = None, media: str | None = None
) -> str:
    """The file's text, with the sandbox's credentials.

    Args:
        accounts: The sandbox's accounts.
        folder: The demo's folder, absolute.
        printer: URI of an IPP printer; None prints into a folder.
        media: What is in the printer; None for A4.
    """
    lines = ["# A seller on the sandbox. Every credential here is invented.", "", "[client]", 'ledger = "ledger.db"']
    for account in accounts:
        if account["name"] not in (*SHOPS, *CARRIERS):
            continue
        lines += ["", f"[accounts.{account['name']}]", f'connector = "{account["connector"]}"']
        settings = {**account["settings"], **_IN_THE_SHOP.get(account["name"], {})}
        lines += [f"{key} = {_toml(value)}" for key, value in settings.items()]
    lines += ["", "[accounts.labels]"]
    if printer is None:
        lines += ['connector = "folder"', f"path = {_toml(str(folder / 'labels'))}"]
    else:
        lines += ['connector = "ipp"', f"uri = {_toml(printer)}"]
    lines += [f"media = {_toml(media or ('a4-4up' if printer is None else 'a4-2up'))}", ""]
    lists = _toml(str(folder / "lists"))
    lines += ["[accounts.lists]", 'connector = "folder"', f"path = {lists}", 'media = "a4-1up"', ""]
    text = _FULFILMENT
    if printer is not None:
        text = text.replace("packaging_g", "ask_again_s = 1\npackaging_g", 1)
    return "\n".join(lines) + "\n" + text


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
