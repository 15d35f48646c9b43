"""`backfill-bot init`: asks where the systems are, looks at runs and tables, and drafts the configuration."""
