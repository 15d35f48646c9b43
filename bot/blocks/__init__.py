"""The only drawing: plain results in, ``Message`` out. Pure and synchronous; no ports, no clock."""
