"""backfill-bot: watches, explains and verifies data backfills that run on Temporal, from Slack."""

__version__ = "0.1.0"
