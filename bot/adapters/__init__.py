"""Implementations of the ports. They call the vendors' clients, and translate the clients' errors to those of
bot.errors."""
