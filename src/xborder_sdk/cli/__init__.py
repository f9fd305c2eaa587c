"""`xborder`, the operator's command."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `xborder` command."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ModuleNotFoundError:
        sys.stderr.write("The xborder command needs an optional part: run  pip install 'xborder-sdk[cli]'\n")
        raise SystemExit(3) from None
    from xborder_sdk.cli.app import run

    raise SystemExit(run())
