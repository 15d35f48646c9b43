"""Implementations of the ports. Only these packages import vendors' clients, and they translate their errors."""
