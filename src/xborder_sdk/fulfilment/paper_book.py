"""Which papers were ever written for an order: its buyer's address stands on them.

A row of the work store names the papers of its present shipment alone. Here stand also those of a shipment before, of a
label that the carrier drew anew, and of a process that died once it had written them. So it is written down before they
are, and `forget` finds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xborder_sdk.fulfilment.papers import keep, possible_paths
from xborder_sdk.fulfilment.work import Key, WorkStore
from xborder_sdk.models import Document


class PaperBook:
    """The papers of a work store's orders.

    Args:
        work: The store.
    """

    def __init__(self, work: WorkStore) -> None:
        self._work = work

    def keep(self, key: Key, folder: Path, number: str, documents: Sequence[Document]) -> tuple[str, ...]:
        """Writes papers of an order, as `papers.keep` does; returns their paths, labels first.

        Args:
            key: Which order.
            folder, number, documents: Where, what they are named after, and which.

        Raises:
            OSError: The folder cannot be written.
            DocumentError: No file name can be made of the number.
        """
        folder = folder.absolute()  # whoever forgets may run in another folder
        planned = possible_paths(folder, number, documents)
        sql = "INSERT OR IGNORE INTO xborder_work_paper (account, order_id, path) VALUES (?, ?, ?)"
        with self._work.writing() as connection:
            connection.executemany(sql, [(*key, str(path)) for path in planned])
        return tuple(str(path) for path in keep(folder, number, documents))

    def of(self, key: Key) -> tuple[Path, ...]:
        """Where papers of an order are, or were."""
        sql = "SELECT path FROM xborder_work_paper WHERE account = ? AND order_id = ? ORDER BY path"
        with self._work.reading() as connection:
            return tuple(Path(path) for (path,) in connection.execute(sql, key).fetchall())
