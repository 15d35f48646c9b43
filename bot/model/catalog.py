"""The tables of a warehouse, as its catalog lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True, slots=True)
class ListedTable:
    """One table. ``columns`` has the type of each, in order; ``sorting_key`` are those that it is sorted by."""

    database: str
    name: str
    engine: str = "MergeTree"
    columns: Mapping[str, str] = field(default_factory=dict, compare=False)
    sorting_key: tuple[str, ...] = ()
