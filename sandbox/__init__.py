"""A local world for the bot: Slack, Temporal, ClickHouse, and workers that run backfills. Everything listens on
loopback and is installed from Python packages alone.

The sandbox never imports the bot. It starts the bot as a process, with configuration files as anywhere else.
"""
