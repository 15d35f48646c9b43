"""Verdicts: what the counts of tables mean for days, tables, customers and clusters."""
