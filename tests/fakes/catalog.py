"""FakeCatalog: the tables of a ClickHouse in memory, tested against the contract of ``bot.ports.catalog.Catalog``."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import DependencyError
from bot.model.catalog import ListedTable


@dataclass
class FakeCatalog:
    """``texts`` are the values by table and column. ``away`` is raised by every call while it is set."""

    listed: list[ListedTable] = field(default_factory=list)
    texts: dict[tuple[ListedTable, str], frozenset[str]] = field(default_factory=dict)
    away: DependencyError | None = None

    async def tables(self) -> Sequence[ListedTable]:
        self._answer()
        return sorted(self.listed)

    async def values(self, table: ListedTable, column: str) -> frozenset[str]:
        self._answer()
        return self.texts.get((table, column), frozenset())

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
