"""The use-cases, on fakes of the ports."""
