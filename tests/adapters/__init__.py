"""The adapters, against real servers."""
