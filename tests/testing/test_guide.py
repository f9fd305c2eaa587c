"""The guide to the kit names every test, quotes what is there, and shows what is really said."""

from __future__ import annotations

from tests.docs.pages import DOCS, blocks
from tests.testing.test_seeded_faults import FAULTS, broken

from xborder_sdk.testing import ConnectorTests, run_kit
from xborder_sdk.testing.exchange import Exchange
from xborder_sdk.testing.kit import Kit, kit_tests

PAGE = DOCS / "testing.md"


def test_it_names_every_test_with_what_it_holds() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, test in kit_tests(ConnectorTests):
        assert f"| `{name}` | {' '.join(test.__doc__.split())} |" in text


def test_it_names_everything_an_author_can_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in Kit.__annotations__:
        if not name.startswith(("_", "xborder_")):
            assert f"`{name}`" in text or f"    {name} = " in text, name
    assert Exchange.__annotations__.keys() >= {"settings", "request", "pages", "error"}


def test_what_it_quotes_stands_so_in_the_example() -> None:
    quotes = [block for block in blocks(PAGE) if block.title]
    assert len(quotes) == 2
    for quote in quotes:
        assert quote.text in (DOCS / "examples" / quote.title).read_text(encoding="utf-8")


def test_the_failure_it_shows_is_one() -> None:
    (shown,) = (block.text for block in blocks(PAGE, "text") if "hint:" in block.text)
    verdicts = run_kit(broken(FAULTS["a weight is rounded down"]), ["test_a_weight_is_never_rounded_down"])
    assert shown.strip() in {str(verdict.error) for verdict in verdicts}
