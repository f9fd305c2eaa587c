"""What is done at the counter, whichever API asked: numbers, orders, labels, cancelling, tracking."""

from __future__ import annotations

from datetime import timedelta

from xborder_sandbox.chinapost.accounts import Account
from xborder_sandbox.chinapost.form import CHINA, read_time, write_time
from xborder_sandbox.chinapost.journey import Event, choose_story, offices, plan
from xborder_sandbox.chinapost.label_pdf import labels_pdf
from xborder_sandbox.chinapost.office import PostOffice
from xborder_sandbox.chinapost.order import Order, read_json, read_order
from xborder_sandbox.chinapost.products import CONTRACT
from xborder_sandbox.chinapost.refusals import Refusal, no_number, refused
from xborder_sandbox.chinapost.store import Mail, Number
from xborder_sandbox.requests import Json

_MOST_ORDER_ID = 50  # the length is not established; the generation before had so many for an item's id
_WISHED = (
    "ecCompanyId",
    "eventTime",
    "logisticsOrderId",
    "logisticsCompany",
    "logisticsBiz",
    "mailType",
    "faceType",
    "rcountry",
)
_POST = "POST"  # logisticsCompany


def allocate(office: PostOffice, account: Account, content: str) -> list[dict[str, str]]:
    """Give out numbers: `{"order": [{...}]}` (chinapost.md section 2, logisticsOrder).

    Raises:
        Refusal: With a code of the list for numbers; then none is given out.
    """
    settings, now = office.store.settings, office.now
    try:
        document = read_json(content)
    except ValueError:
        raise no_number("S01") from None
    wishes = document.get("order") if isinstance(document, dict) else None
    if not isinstance(wishes, list) or not wishes or not all(isinstance(wish, dict) for wish in wishes):
        raise no_number("B03", "order")
    if len(wishes) > settings.most_numbers:
        raise no_number("B04")
    last = office.store.last_allocation.get(account.sender_no)
    if last is not None and now < last + timedelta(seconds=settings.allocation_pause):
        raise no_number("B05")
    found = [_check_wish(account, wish) for wish in wishes]
    if 0 <= settings.numbers_left < len(found):
        raise no_number("B01")
    if settings.numbers_left > 0:
        settings.numbers_left -= len(found)
    office.store.last_allocation[account.sender_no] = now
    return [_give(office, account, order_id, product) for order_id, product in found]


def _check_wish(account: Account, wish: dict[str, object]) -> tuple[str, str]:
    for name in _WISHED:
        if not isinstance(wish.get(name), str) or not wish[name]:
            raise no_number("B03", name)
    order_id, product = str(wish["logisticsOrderId"]), str(wish["logisticsBiz"])
    if wish["ecCompanyId"] != account.sender_no:
        raise no_number("B06")
    if read_time(str(wish["eventTime"])) is None or wish["faceType"] != "1" or wish["mailType"] != account.mail_type:
        raise no_number("S07", "eventTime, faceType, mailType")
    if len(order_id.encode()) > _MOST_ORDER_ID:
        raise no_number("B07", "logisticsOrderId")
    if any(sign in order_id for sign in (",", "\n", "\\n")):
        raise no_number("B09", "logisticsOrderId")
    if wish["logisticsCompany"] != _POST:
        raise no_number("B08")
    if product not in account.products:
        raise no_number("B02", "logisticsBiz")
    if wish["rcountry"] not in CONTRACT[product].family.destinations:
        raise no_number("B12", str(wish["rcountry"]))
    return order_id, product


def _give(office: PostOffice, account: Account, order_id: str, product: str) -> dict[str, str]:
    number = office.store.new_number(CONTRACT[product].family)
    office.store.numbers[number] = Number(number, account.sender_no, order_id, product, office.now)
    return {"bar_code": number, "logisticsOrderId": order_id}


def send_order(office: PostOffice, account: Account, content: str, transport: str) -> Mail:
    """Take an order and give it a number.

    Raises:
        Refusal: With a code of the list for orders.
    """
    order = read_order(content, office.customer(account))
    _check_account(office, account, order)
    return _keep(office, account, order, office.store.new_number(order.product.family), transport)


def send_numbered_order(office: PostOffice, account: Account, content: str, transport: str) -> Mail:
    """Take an order for a number that was given out before.

    Raises:
        Refusal: With a code of the list for orders.
    """
    order = read_order(content, office.customer(account))
    if not order.waybill_no:
        raise refused("B03", "waybill_no")
    number = office.store.numbers.get(order.waybill_no)
    if number is None or number.sender_no != account.sender_no:
        raise refused("B11", order.waybill_no)
    if order.waybill_no in office.store.mails:
        raise refused("B08", order.waybill_no)
    if number.order_id != order.order_no:
        raise refused("B10", order.waybill_no)
    if number.product != order.product.code:
        raise refused("B05", "biz_product_no")
    if office.now < number.allocated + timedelta(seconds=office.store.settings.number_check):
        raise refused("B09")
    _check_account(office, account, order)
    return _keep(office, account, order, number.number, transport)


def _check_account(office: PostOffice, account: Account, order: Order) -> None:
    if office.store.has_order(account.sender_no, order.order_no):
        raise refused("B06", order.order_no)
    if office.store.settings.funds == "low":
        raise refused("B14")
    if office.store.settings.funds == "frozen":
        raise refused("B15")


def _keep(office: PostOffice, account: Account, order: Order, number: str, transport: str) -> Mail:
    story = choose_story(office.chance(f"story/{number}"))
    mail = Mail(
        number=number,
        sender_no=account.sender_no,
        order=order,
        sent=office.now,
        story=story,
        events=plan(order, account.wh_code, office.now, story),
        transport=transport,
    )
    office.store.mails[number] = mail
    return mail


def labels(office: PostOffice, account: Account, numbers: str) -> bytes:
    """Return the labels of comma-separated numbers as one PDF.

    Raises:
        Refusal: If there are too many, or for one there is no parcel of this customer.
    """
    wanted = [number.strip() for number in numbers.split(",") if number.strip()]
    if not wanted:
        raise refused("B03", "barCode")
    if len(wanted) > office.store.settings.most_labels:
        raise refused("B07", "barCode")
    mails = []
    for number in wanted:
        mail = office.mail_of(account, number)
        if mail is None or mail.cancelled is not None:
            raise refused("B11", number)
        mails.append(mail)
    return labels_pdf(mails)


def cancel(office: PostOffice, account: Account, number: str) -> Refusal | None:
    """Take an order back while the post office has not got the parcel; return why not."""
    mail, now = office.mail_of(account, number), office.now
    if mail is None:
        return refused("B11", number)
    if mail.cancelled is not None or mail.is_accepted(now):
        return refused("B00", number)
    mail.cancelled = now
    mail.forget_future(now)
    mail.events.append(Event(now.astimezone(CHINA), "801", offices(mail.order, account.wh_code)["collection"]))
    return None


def fees(office: PostOffice, account: Account, numbers: str) -> list[Json]:
    """Return weight and postage of those parcels that the post office has got.

    Raises:
        Refusal: If one is not this customer's.
    """
    rows: list[Json] = []
    for number in (part.strip() for part in numbers.split(",") if part.strip()):
        mail = office.mail_of(account, number)
        if mail is None:
            raise refused("B11", number)
        if mail.is_accepted(office.now):
            family = mail.order.product.family
            rows.append(
                {
                    "waybillNo": number,
                    "weight": str(mail.order.grams),
                    "postage_total": f"{family.postage(mail.order.grams):f}",
                    "postage_currency": "CNY",
                }
            )
    return rows


def track(office: PostOffice, account: Account, number: str) -> list[Json]:
    """Return the events of a customer's parcel, oldest first; nothing for any other number."""
    mail = office.mail_of(account, number)
    if mail is None:
        return []
    return [
        {
            "waybillNo": number,
            "opTime": write_time(event.at),
            "opCode": event.code,
            "opName": event.name,
            "opDesc": event.text,
            "opOrgProvName": event.office.province,
            "opOrgCity": event.office.city,
            "opOrgCode": event.office.code,
            "opOrgName": event.office.name,
            "deliverCode": event.signed,
            "attemptDeliveryCode": event.unsigned,
            "productName": mail.order.product.name,
        }
        for event in mail.visible(office.now)
    ]
