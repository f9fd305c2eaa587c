"""Papers of online shipping: labels of parcels, and the label and the list of what is handed over.

Sources: the official IOP Java SDK 1.3.5-ae (getprintinfo, getprintinfos) and the vendor's metadata of
cainiao.global.handover.pdf.get.
"""

from __future__ import annotations

from xborder_aliexpress import online_words as words
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.logistics_orders import logistics_order
from xborder_aliexpress.online_kind import OnlineKind
from xborder_aliexpress.print_info import read_print_info
from xborder_sdk.errors import InvalidRequest, NotFound
from xborder_sdk.hookspecs import GetDocuments
from xborder_sdk.models import Document, DocumentFormat, DocumentKind
from xborder_sdk.steps import Flow

_KINDS = frozenset({DocumentKind.LABEL, *words.HAND_OVER_PAPERS})


class OnlinePapers(OnlineKind):
    """Labels, bag labels and lists of parcels, as often as they are wanted."""

    def get_documents(self, request: GetDocuments) -> Flow[tuple[Document, ...]]:
        """Labels of a parcel, or the papers of a hand-over by its confirmation. They come as the platform draws them.

        Args:
            request: Which papers; `label` is of a shipment, `bag_label` and `manifest` are of a hand-over.

        Raises:
            InvalidRequest: The platform has no such paper, or not in this format.
            NotFound: There is no number to draw a label for (yet), or no such paper.
        """
        for index, kind in enumerate(request.kinds):
            if kind not in _KINDS:
                raise InvalidRequest(
                    f"AliExpress draws no {kind.value}",
                    field=f"kinds.{index}",
                    hint=f"it draws {', '.join(sorted(known.value for known in _KINDS))}",
                )
        if request.format is not DocumentFormat.PDF:
            raise InvalidRequest("AliExpress draws papers as PDF", field="format", hint="ask for PDF")
        found: list[Document] = []
        for kind in dict.fromkeys(request.kinds):
            if kind is DocumentKind.LABEL:
                found += yield from self._label(request)
            else:
                found += yield from self._hand_over_paper(request.waybill, kind)
        return tuple(found)

    def _label(self, request: GetDocuments) -> Flow[tuple[Document, ...]]:
        detailed = self._settings.label_details
        number, own = request.tracking_number, None
        if number is None or detailed is not None:
            order = yield from logistics_order(self._calls, request.waybill, request.order_id)
            number, own = number or order.tracking_number, order.number
        if number is None:
            raise NotFound(
                "the parcel has no number yet, and without one there is no label",
                status=200,
                hint="ask for the shipment until it has its number",
            )
        if detailed is None:
            answer = yield from self._calls.read(words.LABEL, {"international_logistics_id": number})
        else:
            wanted = {"id": None if own is None else whole_id(own, "waybill"), "international_logistics_id": number}
            query = {"print_detail": detailed, "warehouse_order_query_d_t_os": [wanted]}
            answer = yield from self._calls.read(words.LABELS, query)
        return read_print_info(answer.body.get("result"), DocumentKind.LABEL, number)

    def _hand_over_paper(self, confirmation: str, kind: DocumentKind) -> Flow[tuple[Document, ...]]:
        query = {
            "user_info": self._user_info,
            "client": self._settings.hand_over_client,
            "locale": self._settings.locale,
            "handover_content_id": whole_id(confirmation, "waybill"),
            "type": words.HAND_OVER_PAPERS[kind],
        }
        answer = yield from self._calls.read(words.HAND_OVER_PAPER, query)
        return read_print_info(answer.body.child("result").get("data"), kind, confirmation)
