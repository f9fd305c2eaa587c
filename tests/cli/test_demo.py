"""The demo from end to end, and on a printer."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.printers import ipp_printer

from xborder_sdk.disputes import read_pack


@pytest.mark.slow
def test_the_demo_prints_on_a_printer_and_contests_with_what_the_delivery_proves(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipp_printer, "Job", partial(ipp_printer.Job, state=9))
    printer = ipp_printer.IppServer()
    try:
        ended = run("demo", "--out", "shop", "--printer", printer.uri)
    finally:
        printer.http.stop()
    assert ended.code == 0, ended.err
    assert len(printer.jobs) >= 3
    assert all(job.document.startswith(b"%PDF") for job in printer.jobs.values())
    assert "as proof_of_delivery" in ended.out
    assert "a week later: won" in ended.out
    assert read_pack(tmp_path / "shop" / "evidence").files
    assert not (tmp_path / "shop" / "labels").exists()
