"""What a check would hold, an operation refuses."""

from __future__ import annotations

import pytest

from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import refuse
from xborder_sdk.models import Hold, HoldReason


def test_the_first_reason_is_refused_with_its_field_and_repair() -> None:
    refuse(())
    first = Hold(reason=HoldReason.CUSTOMS, detail="no value", field="customs", repair="give one")
    with pytest.raises(InvalidRequest, match="no value") as caught:
        refuse(iter((first, Hold(reason=HoldReason.POLICY, detail="another"))))
    assert (caught.value.field, caught.value.hint) == ("customs", "give one")
