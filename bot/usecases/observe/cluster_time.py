"""What time it is where a run runs: its times are told by its server's clock, and compared with no other."""

from datetime import datetime

from bot.services import Services


async def cluster_time(cluster: str, services: Services) -> datetime:
    """Now, by the clock of this cluster's server; by the bot's own where that is not known."""
    return services.now() - await services.clusters[cluster].engine.ahead()
