"""The Temporal adapter, one object for each cluster. It knows Temporal's API, and not what a backfill is."""

from bot.adapters.temporal.cluster import TemporalCluster
from bot.adapters.temporal.connect import quiet_runtime
from bot.adapters.temporal.control import TemporalControl
from bot.adapters.temporal.engine import TemporalEngine
from bot.adapters.temporal.namespaces import assign_namespaces
from bot.adapters.temporal.queue import TemporalQueue

__all__ = [
    "TemporalCluster",
    "TemporalControl",
    "TemporalEngine",
    "TemporalQueue",
    "assign_namespaces",
    "quiet_runtime",
]
