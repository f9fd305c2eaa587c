"""What happens to a parcel, planned when its order is sent.

An event of the future is kept and becomes visible when the sandbox's clock has passed it. Codes and names:
ems_event_codes.csv in contracts/chinapost; which of them an international parcel shows, and when, is the sandbox's own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from xborder_sandbox.chinapost.form import CHINA
from xborder_sandbox.chinapost.order import Order
from xborder_sandbox.parcels import Stage

EVENTS: dict[str, tuple[str, Stage]] = {
    "203": ("收寄计费信息", Stage.PICKED_UP),
    "305": ("揽投发运/封车", Stage.MOVING),
    "423": ("出口邮件直封封发", Stage.MOVING),
    "447": ("退回邮件开拆", Stage.RETURNING),
    "457": ("航空公司启运", Stage.LEFT_COUNTRY),
    "459": ("到达境外进口互换局", Stage.REACHED_COUNTRY),
    "460": ("离开境外进口互换局", Stage.MOVING),
    "461": ("到达境外投递局", Stage.MOVING),
    "463": ("境外妥投", Stage.DELIVERED),
    "470": ("境外海关扣留", Stage.HELD_BY_CUSTOMS),
    "491": ("到达境外自提点", Stage.WAITS_FOR_PICKUP),
    "500": ("航空公司接收", Stage.MOVING),
    "542": ("境外试投失败", Stage.NOBODY_HOME),
    "711": ("退回妥投", Stage.RETURNED),
    "748": ("收件人已取走邮件", Stage.DELIVERED),
    "801": ("撤单", Stage.CANCELLED),
    "954": ("邮件到达处理中心", Stage.MOVING),
    "987": ("丢失已赔付（赔付给协议客户）", Stage.LOST),
    "EDB": ("送交进口海关", Stage.IN_CUSTOMS),
    "EDC": ("进口海关放行", Stage.CLEARED),
    "EXA": ("送交出口海关/安全", Stage.IN_CUSTOMS),
    "EXC": ("出口海关/安全放行", Stage.CLEARED),
    "O_014": ("出门投递", Stage.OUT_FOR_DELIVERY),
}
SIGNED_BY_ADDRESSEE = "10"  # signed:10 本人签收
NOT_THERE = "4"  # unsigned:4 收件人不在地址且无法联系

# How a parcel fares, and how many in a hundred do so.
STORIES = (("plain", 70), ("not_home", 10), ("customs", 10), ("pickup_point", 6), ("returned", 4))

_COLLECTED = time(17, 0)
_READY = timedelta(hours=3)


@dataclass(frozen=True)
class Office:
    """Where an event happens."""

    code: str
    name: str
    province: str
    city: str
    country: str


@dataclass(frozen=True)
class Event:
    """An event; `at` is in China's time."""

    at: datetime
    code: str
    office: Office
    signed: str = ""
    unsigned: str = ""

    @property
    def name(self) -> str:
        """The event's name; a code without one shows itself."""
        return EVENTS[self.code][0] if self.code in EVENTS else self.code

    @property
    def text(self) -> str:
        """The sentence shown."""
        return f"【{self.office.name}】{self.name}"

    @property
    def stage(self) -> Stage:
        """What it means to others."""
        return EVENTS[self.code][1] if self.code in EVENTS else Stage.OTHER


def choose_story(chance: random.Random) -> str:
    """Return how a parcel fares."""
    return chance.choices([name for name, _ in STORIES], [weight for _, weight in STORIES])[0]


def offices(order: Order, wh_code: str) -> dict[str, Office]:
    """Return where things happen to the parcel of an order."""
    sender, receiver = order.sender, order.receiver
    return {
        "collection": Office(wh_code, f"{sender.city}营业部", sender.province, sender.city, "CN"),
        "export": Office("51040034", "广州国际邮件处理中心", "广东省", "广州市", "CN"),
        "import": Office("", f"{receiver.nation}进口互换局", "", receiver.nation, receiver.nation),
        "delivery": Office("", f"{receiver.city}投递局", receiver.province, receiver.city, receiver.nation),
    }


def collected_at(sent: datetime) -> datetime:
    """Return when the office accepts what was announced: the next evening round that leaves time to bring it."""
    ready = sent.astimezone(CHINA) + _READY
    first = datetime.combine(ready.date(), _COLLECTED, CHINA)
    return first if ready <= first else first + timedelta(days=1)


def plan(order: Order, wh_code: str, sent: datetime, story: str) -> list[Event]:
    """Return the events of the whole journey, oldest first."""
    where, family = offices(order, wh_code), order.product.family
    events: list[Event] = []
    now = collected_at(sent)

    def then(hours: float, code: str, place: str, signed: str = "", unsigned: str = "") -> None:
        nonlocal now
        now += timedelta(hours=hours)
        events.append(Event(now, code, where[place], signed, unsigned))

    then(0, "203", "collection")
    then(2.5, "305", "collection")
    then(6, "954", "export")
    then(5, "EXA", "export")
    then(7, "EXC", "export")
    then(4, "423", "export")
    then(14, "500", "export")
    then(5.5, "457", "export")
    then(family.flight_days * 24, "459", "import")
    then(3, "EDB", "import")
    if story == "customs":
        then(8, "470", "import")
        then(52, "EDC", "import")
    else:
        then(9, "EDC", "import")
    then(4, "460", "import")
    then(family.local_days * 24, "461", "delivery")
    then(2, "O_014", "delivery")
    if story in ("not_home", "returned"):
        then(5, "542", "delivery", unsigned=NOT_THERE)
    if story == "returned":
        then(15 * 24, "447", "export")
        then(4 * 24, "711", "collection")
        return events
    if story == "not_home":
        then(20, "O_014", "delivery")
    if story == "pickup_point":
        then(3, "491", "delivery")
        then(26, "748", "delivery", signed=SIGNED_BY_ADDRESSEE)
    else:
        then(4, "463", "delivery", signed=SIGNED_BY_ADDRESSEE)
    return events
