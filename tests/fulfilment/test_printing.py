"""Printer programs go to the printer one by one, and all of them."""

from __future__ import annotations

from typing import Any, cast

import pytest
from tests.fulfilment.fakes import PrinterWorld, printer

from xborder_sdk.client import Client
from xborder_sdk.fulfilment.printing import PrintRun
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Document, DocumentFormat, DocumentKind, PrintState

LABELS = [
    Document(kind=DocumentKind.LABEL, format=DocumentFormat.ZPL, content=f"^XA^FD{number}^FS^XZ".encode(), dpi=203)
    for number in range(3)
]


@pytest.mark.parametrize(
    ("states", "sent", "said"),
    [
        ([PrintState.SENT], 3, PrintState.SENT),
        ([PrintState.PRINTED], 3, PrintState.PRINTED),
        ([PrintState.PRINTED, PrintState.PENDING, PrintState.PRINTED], 3, PrintState.PENDING),
        ([PrintState.PRINTED, PrintState.STOPPED, PrintState.PRINTED], 2, PrintState.STOPPED),
    ],
)
def test_every_program_of_a_job_is_sent_until_the_printer_is_in_trouble(
    states: list[PrintState], sent: int, said: PrintState
) -> None:
    world = PrinterWorld(*states)
    connector = printer(world)
    with Client(
        accounts={"slow": {"connector": connector.name}}, connectors=[connector], store=SqliteStore(None)
    ) as client:
        unused = cast("Any", None)
        job = PrintRun(client, unused, unused, unused, "slow")._sent("job", LABELS)
    assert world.names == ["job-1", "job-2", "job-3"][:sent]
    assert job.state is said
