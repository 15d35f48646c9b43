"""The use-cases: one async function ``(command, actor, services) -> result`` per file. They act through the ports;
commands that only read take no ``actor``."""
