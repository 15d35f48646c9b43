"""What a sequence does on a cluster, on fakes of the ports."""
