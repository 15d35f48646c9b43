"""Several campaigns at once, on fakes of the ports."""
