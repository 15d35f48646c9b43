"""Draws results: turns them into what people read, such as a ``Message`` or a ``View``. Pure and synchronous: no
ports, no clock."""
