"""ClickHouse as the bot's warehouse, one cluster at a time. It counts; what the counts mean is decided elsewhere."""

from bot.adapters.clickhouse.warehouse import ClickHouseWarehouse

__all__ = ["ClickHouseWarehouse"]
