"""Scenarios: the clusters, customers and volumes of a world, and the workflows that the sandbox submits."""
