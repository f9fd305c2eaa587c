"""Fulfilment over the client: orders in, checked, planned, bought, labelled, printed, declared, followed.

from xborder_sdk import Client
from xborder_sdk.fulfilment import Fulfilment

with Client() as client, Fulfilment.of(client) as fulfilment:
    for progress in fulfilment.run():
        print(progress.step, progress.order_id, progress.state, progress.detail)
"""

from xborder_sdk.fulfilment.catalogue import Catalogue, CatalogueError, CatalogueHooks
from xborder_sdk.fulfilment.chargeable import ChargeableWeight
from xborder_sdk.fulfilment.config import (
    Choose,
    DeclareAt,
    FulfilmentConfig,
    Mismatch,
    Verify,
    fulfilment_config,
    load_fulfilment,
)
from xborder_sdk.fulfilment.decisions import label_file
from xborder_sdk.fulfilment.explanation import AccountSeen, DecidedBy, Explanation, OfferSeen, RuleSeen
from xborder_sdk.fulfilment.goods import Battery, CatalogueItem, EnrichedOrder, LineFacts
from xborder_sdk.fulfilment.hand_over_book import HandOverRow, HandOverState
from xborder_sdk.fulfilment.handing_over import Manner
from xborder_sdk.fulfilment.notices import Notices, NoticeTemplate
from xborder_sdk.fulfilment.pipeline import Fulfilment, work_path
from xborder_sdk.fulfilment.planning import ShipmentPlan
from xborder_sdk.fulfilment.progress import NoticeState, Progress, Step, WorkState
from xborder_sdk.fulfilment.rules import Pick, Rule
from xborder_sdk.fulfilment.targets import Target
from xborder_sdk.fulfilment.work import WorkRow, WorkStore

__all__ = [
    "AccountSeen",
    "Battery",
    "Catalogue",
    "CatalogueError",
    "CatalogueHooks",
    "CatalogueItem",
    "ChargeableWeight",
    "Choose",
    "DecidedBy",
    "DeclareAt",
    "EnrichedOrder",
    "Explanation",
    "Fulfilment",
    "FulfilmentConfig",
    "HandOverRow",
    "HandOverState",
    "LineFacts",
    "Manner",
    "Mismatch",
    "NoticeState",
    "NoticeTemplate",
    "Notices",
    "OfferSeen",
    "Pick",
    "Progress",
    "Rule",
    "RuleSeen",
    "ShipmentPlan",
    "Step",
    "Target",
    "Verify",
    "WorkRow",
    "WorkState",
    "WorkStore",
    "fulfilment_config",
    "label_file",
    "load_fulfilment",
    "work_path",
]
