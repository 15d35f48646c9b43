"""Implementations of the ports. They call the vendors' clients, and translate the errors of these."""
