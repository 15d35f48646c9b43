"""Observes a cluster: its runs, their history, its sequences and its clock."""
