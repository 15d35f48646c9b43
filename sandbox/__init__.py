"""A local world for the bot: Slack, Temporal, ClickHouse and a working fleet, on loopback, from packages alone.

It never imports the bot: the bot is a process it starts, configured by files as anywhere else.
"""
