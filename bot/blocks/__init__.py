"""Turns results into ``Message`` and ``View``. Pure and synchronous: no ports, no clock."""
