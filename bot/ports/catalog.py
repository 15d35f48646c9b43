"""The catalog of one ClickHouse: which tables it has, and what a column holds."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.catalog import ListedTable


class Catalog(Protocol):
    """Reads what tables there are. It counts nothing, and needs no configuration but the address."""

    async def tables(self) -> Sequence[ListedTable]:
        """The tables that the user may see, in order, without those of the server itself."""
        ...

    async def values(self, table: ListedTable, column: str) -> frozenset[str]:
        """The distinct texts in a column, as far as a bounded read finds them."""
        ...
