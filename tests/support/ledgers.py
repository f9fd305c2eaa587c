"""A ledger between whose steps something happens: time passes, a rival comes, the disk fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Tampered:
    """A store, with something done before or after the methods named.

    Args:
        store: The real one.
        before: What to do before a method, by its name; may raise.
        after: What to do after it.
    """

    def __init__(
        self,
        store: Any,
        before: dict[str, Callable[[], None]] | None = None,
        after: dict[str, Callable[[], None]] | None = None,
    ) -> None:
        self.inner = store
        self.before = before or {}
        self.after = after or {}
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.inner, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            self.calls.append(name)
            if name in self.before:
                self.before[name]()
            found = method(*arguments, **keywords)
            if name in self.after:
                self.after[name]()
            return found

        return call

    # A client recognises a store by these two.
    def claim(self, *arguments: Any, **keywords: Any) -> Any:
        return self.__getattr__("claim")(*arguments, **keywords)

    def reserve(self, *arguments: Any) -> float:
        found: float = self.__getattr__("reserve")(*arguments)
        return found


def failing(error: BaseException) -> Callable[[], None]:
    """Raises, whenever it is called."""

    def fail() -> None:
        raise error

    return fail
