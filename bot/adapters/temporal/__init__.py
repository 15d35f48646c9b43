"""Temporal as the bot's workflow engine, one cluster at a time. It knows the wire, not what a backfill is."""

from bot.adapters.temporal.engine import TemporalEngine

__all__ = ["TemporalEngine"]
