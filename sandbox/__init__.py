"""A local world for the bot: Slack, Temporal, ClickHouse and a working fleet. All of it listens on loopback and comes
from Python packages alone.

The sandbox never imports the bot. It starts the bot as a process, with configuration files as anywhere else.
"""
