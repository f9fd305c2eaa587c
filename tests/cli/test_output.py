"""Tables as a terminal draws them."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from xborder_sdk.cli import output


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    drawn = StringIO()
    console = Console(file=drawn, force_terminal=True, width=40, highlight=False, soft_wrap=True, no_color=True)
    monkeypatch.setattr(output, "out", console)
    return drawn


def test_what_an_operator_copies_is_never_broken(terminal: StringIO) -> None:
    number, words = "9100000032621449", "the buyer asks for the order to be cancelled"
    rows = [(number, words, words), ("07-96586-95525", words, words)]
    output.show_table("Held", ("order", "what", "repair"), rows, whole=("order",))
    assert number in terminal.getvalue()
    assert "07-96586-95525" in terminal.getvalue()
    assert max(len(line) for line in terminal.getvalue().splitlines()[2:]) == 40


@pytest.mark.parametrize("words", ["[ae-shop, message] refused", "[/b] and [bold]", "a [link=x"])
def test_brackets_of_others_are_shown_as_they_are(terminal: StringIO, words: str) -> None:
    output.show_table("Messages about [/1]", ("words", "who"), [(words, "buyer")])
    assert words in terminal.getvalue()
    assert "Messages about [/1]" in terminal.getvalue()


def test_columns_that_hold_nothing_take_no_room(terminal: StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    output.show_table("Orders", ("order", "number"), [("1", None), ("2", None)])
    assert "number" not in terminal.getvalue()
    output.show_table("Orders", ("order", "number"), [])
    assert "number" in terminal.getvalue()


def test_in_a_pipe_every_column_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_table("Orders", ("order", "number"), [("1", None)])
    assert capsys.readouterr().out == "order\tnumber\n1\t-\n"
