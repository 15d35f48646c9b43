"""The ClickHouse adapter, one object for each cluster. It counts rows, and does not decide what the counts mean."""

from bot.adapters.clickhouse.warehouse import ClickHouseWarehouse

__all__ = ["ClickHouseWarehouse"]
