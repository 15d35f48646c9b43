"""The tables of a warehouse, as its catalog lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True, slots=True)
class ListedTable:
    """One table. ``columns`` maps its columns, in order, to their types. ``sorting_key`` are the columns of its ORDER
    BY, without expressions."""

    database: str
    name: str
    engine: str = "MergeTree"
    columns: Mapping[str, str] = field(default_factory=dict, compare=False)
    sorting_key: tuple[str, ...] = ()
