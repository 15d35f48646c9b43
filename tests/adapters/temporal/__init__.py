"""The Temporal adapter, on a real server."""
