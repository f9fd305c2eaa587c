"""Where a list stands between two calls, and the cursor that carries it."""

from __future__ import annotations

import hashlib
import json
from typing import Self

from pydantic import ValidationError

from xborder_sdk.errors import InvalidCursor
from xborder_sdk.hookspecs.dispute_channel import ListDisputes
from xborder_sdk.hookspecs.messages import ListMessages
from xborder_sdk.hookspecs.order_source import ListOrders
from xborder_sdk.models import Cursor, Model

ListRequest = ListOrders | ListDisputes | ListMessages
"""The requests that are answered page by page."""

_LIST = "list"


class ListPosition(Model):
    """Where a list stands. A connector's subclass has the fields it needs to go on: texts, whole numbers, moments.

    The cursor is bound to its list: one of another connector, of other wishes, or whose fields do not fit is refused.
    """

    def cursor(self, connector: str, request: ListRequest, *also: str) -> Cursor:
        """The cursor that leads here.

        Args:
            connector: The connector's name.
            request: What is listed.
            also: Settings that change what the list holds.
        """
        state = self.model_dump(mode="json", exclude_none=True)
        return Cursor(connector=connector, state={_LIST: _digest(request, also), **state})

    @classmethod
    def of(cls, connector: str, request: ListRequest, *also: str) -> Self | None:
        """Where a request wants to go on; None at the beginning.

        Args:
            connector: The connector's name.
            request: What is listed.
            also: Settings that change what the list holds.

        Raises:
            InvalidCursor: The cursor is damaged, or of another list.
        """
        if request.cursor is None:
            return None
        state = dict(request.cursor.state)
        if request.cursor.connector != connector or state.pop(_LIST, None) != _digest(request, also):
            raise InvalidCursor("the cursor belongs to another list, or to other filters")
        try:
            return cls.model_validate_json(json.dumps(state), strict=True)
        except ValidationError:
            raise InvalidCursor("the cursor is damaged") from None


def _digest(request: ListRequest, also: tuple[str, ...]) -> str:
    text = "/".join((type(request).__name__, request.model_dump_json(exclude={"cursor"}), *also))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
