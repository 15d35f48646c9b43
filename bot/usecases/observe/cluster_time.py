"""The time by a cluster's clock. The times of runs come from that clock, so they are compared with no other."""

from datetime import datetime

from bot.services import Services


async def cluster_time(cluster: str, services: Services) -> datetime:
    """Now by the clock of the cluster's Temporal server, or by the bot's own clock if the difference is unknown."""
    return services.now() - await services.clusters[cluster].engine.ahead()
