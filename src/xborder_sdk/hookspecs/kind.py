"""The base of the four kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from xborder_sdk.steps import Api

if TYPE_CHECKING:
    from xborder_sdk.hookspecs.connector import Connector


class Kind:
    """One contract: its methods are operations, and a subclass supports those it overrides.

    A subclass has no public methods but operations: a misspelt one is refused when it is registered.

    Attributes:
        connector: The connector it belongs to, with its settings.
        account: Name of the account; goes into every result.
        api: Builds request steps.
        honours: The options each operation honours, by operation name. Any other option that a caller sets is
            refused before anything is sent.
    """

    kind: ClassVar[str]
    honours: ClassVar[Mapping[str, frozenset[str]]] = {}

    def __init__(self, connector: Connector[Any]) -> None:
        self.connector = connector
        self.account = connector.account
        self.api = Api()
