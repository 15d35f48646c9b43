"""A local world for the bot: Slack, Temporal, ClickHouse, and workers that run backfills. Everything listens on
loopback and comes from Python packages; only the JavaScript worker, which may be missing, needs Node.js.

The sandbox never imports the bot. It starts the bot as a process, with configuration files as anywhere else.
"""
