"""What `backfill-bot init` proposes: definitions, identity, tables and a first campaign, from runs and tables."""
