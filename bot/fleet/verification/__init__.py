"""Verdicts: what row counts prove about days, tables, customers and clusters."""
