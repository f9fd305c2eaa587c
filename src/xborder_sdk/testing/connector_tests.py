"""The one class that authors subclass."""

from __future__ import annotations

from xborder_sdk.testing.answering import AnsweringTests
from xborder_sdk.testing.asking import AskingTests
from xborder_sdk.testing.effects import EffectTests
from xborder_sdk.testing.exchanges import ExchangeTests
from xborder_sdk.testing.paging import PagingTests
from xborder_sdk.testing.registration import RegistrationTests
from xborder_sdk.testing.sense import SenseTests
from xborder_sdk.testing.silence import SilenceTests
from xborder_sdk.testing.troubles import TroubleTests
from xborder_sdk.testing.variations import VariationTests


class ConnectorTests(
    RegistrationTests,
    ExchangeTests,
    TroubleTests,
    EffectTests,
    VariationTests,
    AskingTests,
    PagingTests,
    SenseTests,
    AnsweringTests,
    SilenceTests,
):
    """All tests of a connector. Subclass it in a test module; see `xborder_sdk.testing`.

    One class serves all kinds: a connector is one thing, with one account, one reading of answers and one folder of
    exchanges, and which kind an operation belongs to is known from its name.
    """
