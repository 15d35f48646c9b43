"""The durable sequence, on a Temporal server, with the rest of the world on fakes."""
