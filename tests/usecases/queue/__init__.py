"""The steps and the readers of a cluster's queue, on fakes of the ports."""
