"""The steps of a sequence, on fakes of the ports."""
