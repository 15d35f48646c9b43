"""The use-cases: one async function ``(command, actor, services) -> result`` per file, which acts through the ports.
Commands that only read take no ``actor``."""
