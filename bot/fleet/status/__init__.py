"""Progress of a customer, a cluster and the fleet; estimates; changes since the last digest."""
