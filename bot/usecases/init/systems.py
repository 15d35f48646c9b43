"""Opens the systems that the answers of `backfill-bot init` name."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.config import ClickHouseAddress, TemporalAddress
from bot.ports import Engine
from bot.ports.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Systems:
    """``engine`` takes the name and the address of a cluster; ``decoding_engine`` also the endpoint of its codec
    server, and the Authorization header for that."""

    engine: Callable[[str, TemporalAddress], Engine]
    decoding_engine: Callable[[str, TemporalAddress, str, str], Engine]
    catalog: Callable[[ClickHouseAddress, str], Catalog]
