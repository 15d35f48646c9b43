"""One cluster's ClickHouse: the engine in process (chDB) behind ClickHouse's own HTTP interface."""
