"""The ClickHouse adapter, on the real engine behind ClickHouse's HTTP interface."""
