"""`backfill-bot init`: asks where the systems are, examines runs and tables, and drafts the configuration."""
