"""Draws results: turns them into a ``Message`` or a ``View``. Pure and synchronous: no ports, no clock."""
