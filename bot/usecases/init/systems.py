"""Opens the systems that the answers of `backfill-bot init` name."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.config import ClickHouseAddress, TemporalAddress
from bot.ports import Engine
from bot.ports.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Systems:
    """How to connect to each system. ``engine`` takes the name and the address of a cluster; ``decoding_engine`` also
    takes the endpoint of the codec server and its Authorization header. ``catalog`` takes the address of ClickHouse
    and the password."""

    engine: Callable[[str, TemporalAddress], Engine]
    decoding_engine: Callable[[str, TemporalAddress, str, str], Engine]
    catalog: Callable[[ClickHouseAddress, str], Catalog]
