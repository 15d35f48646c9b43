"""Checks which bots are alive on the store, which of them leads, and which clusters each watches."""

from collections.abc import Callable, Collection
from datetime import datetime

from bot.fleet.diagnostics.bot_facts import bots_at_work, nobody_watches
from bot.fleet.diagnostics.findings import Answer
from bot.ports import Leases


async def check_bots(leases: Leases, clusters: Collection[str], now: Callable[[], datetime]) -> Answer:
    """Having no bot is no failure, because the check may run before the first one starts."""
    holders = await leases.holders(now())
    unwatched = nobody_watches(holders, clusters)
    return Answer((bots_at_work(holders),), warnings=(unwatched,) if unwatched else ())
