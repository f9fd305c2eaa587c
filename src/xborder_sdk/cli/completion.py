"""Names that the shell completes: accounts and connectors. A configuration that cannot be read completes nothing."""

from __future__ import annotations

from pathlib import Path

import typer

from xborder_sdk.client.config import find_config, read_config
from xborder_sdk.errors import XborderError


def complete_account(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Accounts of the configuration in force, with their connectors.

    Args:
        context: The command line so far, as the command's library gives it.
        incomplete: What has been typed of the name.
    """
    named = (context.find_root().params or {}).get("config")
    try:
        path = Path(named) if named else find_config()
        accounts = () if path is None else read_config(path).accounts
    except XborderError:
        return []
    return [(one.name, one.connector) for one in accounts if one.name.startswith(incomplete)]


def complete_accounts(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Like `complete_account` where several stand with commas between.

    Args:
        context: The command line so far.
        incomplete: What has been typed of the names.
    """
    before, comma, last = incomplete.rpartition(",")
    taken = set(before.split(","))
    return [(before + comma + name, what) for name, what in complete_account(context, last) if name not in taken]


def complete_connector(incomplete: str) -> list[tuple[str, str]]:
    """Installed connectors, with their vendors' names.

    Args:
        incomplete: What has been typed of the name.
    """
    from xborder_sdk.runtime.registry import Registry

    return [(one.name, one.title) for one in Registry().connectors() if one.name.startswith(incomplete)]


def complete_operation(incomplete: str) -> list[str]:
    """Operations of the contract.

    Args:
        incomplete: What has been typed of the name.
    """
    from xborder_sdk.runtime.operations import OPERATIONS

    return [name for name in OPERATIONS if name.startswith(incomplete)]
