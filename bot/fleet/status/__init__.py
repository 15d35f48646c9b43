"""The progress of a customer, a cluster and all clusters together; estimates; changes since the last digest."""
