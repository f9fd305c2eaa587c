from xborder_sdk.testing.kit import Case, Kit, NotConforming
from xborder_sdk.testing.running import Verdict, run_kit
from xborder_sdk.testing.registration import RegistrationTests
from xborder_sdk.testing.exchanges import ExchangeTests

class ConnectorTests(RegistrationTests, ExchangeTests):
    pass
