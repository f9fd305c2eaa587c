"""Opens the client a command works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xborder_sdk.client import Client, Config, find_config, read_config
from xborder_sdk.errors import ConfigurationError


class Session:
    """What the options before the command say.

    Attributes:
        config_path: `--config`; None for the file in force.
    """

    def __init__(self) -> None:
        self.config_path: Path | None = None

    def config(self) -> Config:
        """The configuration.

        Raises:
            ConfigurationError: There is none, or it cannot be read.
        """
        path = self.config_path or find_config()
        if path is None:
            raise ConfigurationError(
                "there is no xborder.toml here",
                hint="write one (see the configuration page of the docs), or name one with --config or XBORDER_CONFIG;"
                " `xborder demo` works without",
            )
        return read_config(path)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client over the configuration, closed afterwards."""
        with Client(self.config()) as client:
            yield client


session = Session()
