"""The two marks of the contract."""

import pluggy

PROJECT = "xborder"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
