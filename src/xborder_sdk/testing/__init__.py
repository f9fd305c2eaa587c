from xborder_sdk.testing.kit import Case, Kit, NotConforming
from xborder_sdk.testing.running import Verdict, run_kit
from xborder_sdk.testing.registration import RegistrationTests
from xborder_sdk.testing.exchanges import ExchangeTests
from xborder_sdk.testing.troubles import TroubleTests
from xborder_sdk.testing.effects import EffectTests
from xborder_sdk.testing.variations import VariationTests
from xborder_sdk.testing.asking import AskingTests
from xborder_sdk.testing.paging import PagingTests
from xborder_sdk.testing.silence import SilenceTests

class ConnectorTests(RegistrationTests, ExchangeTests, TroubleTests, EffectTests, VariationTests, AskingTests, PagingTests, SilenceTests):
    pass
